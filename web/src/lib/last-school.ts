import { keep } from './keep.ts'
import { schoolCodeOf } from './session/school-code.ts'

/** The school that somebody signed in to last in this browser, and as what. Nothing else about them is kept. */
const KEY = 'usms:last-school'

export interface KnownSchool {
  code: string
  name: string
}

export interface LastSchool extends KnownSchool {
  /** The tab of the sign-in page. */
  as?: string
}

export function readLastSchool(): LastSchool | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    return isSchool(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

export function keepLastSchool({ code, name, as }: LastSchool): void {
  keep(localStorage, KEY, JSON.stringify({ code, name, as }))
}

const isSchool = (value: unknown): value is LastSchool =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  schoolCodeOf(value.code) === value.code &&
  'name' in value &&
  typeof value.name === 'string'

/** The school that somebody signed in to last in this browser. Nothing else about them is kept. */
const KEY = 'usms:last-school'

export interface KnownSchool {
  code: string
  name: string
}

export function readLastSchool(): KnownSchool | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    return isSchool(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

export const keepLastSchool = ({ code, name }: KnownSchool): void =>
  localStorage.setItem(KEY, JSON.stringify({ code, name }))

const isSchool = (value: unknown): value is KnownSchool =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  'name' in value &&
  typeof value.name === 'string'

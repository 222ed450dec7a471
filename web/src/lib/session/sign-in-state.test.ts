import { expect, it } from 'vitest'
import { schoolCodeOf } from './school-code.ts'
import { readSignInState, wayBack } from './sign-in-state.ts'

const HOME = '/school/LAKE'

it('goes back to the page that somebody came from', () => {
  expect(wayBack({ from: '/school/LAKE/register/1?x=2' }, 'asha', HOME)).toBe(
    '/school/LAKE/register/1?x=2',
  )
  expect(wayBack({ from: '/school/LAKE/students', of: 'asha' }, 'asha', HOME)).toBe(
    '/school/LAKE/students',
  )
})

it('goes to the start with nothing to go back to, and where somebody else was', () => {
  expect(wayBack({}, 'asha', HOME)).toBe(HOME)
  expect(wayBack({ from: '/school/LAKE/students', of: 'binod' }, 'asha', HOME)).toBe(HOME)
})

it.each([
  '/school/GREEN/students',
  '/school/LAKESIDE',
  '/owner',
  'https://elsewhere.example',
  '//x',
])('does not leave the school for %s', (from) => {
  expect(wayBack({ from }, 'asha', HOME)).toBe(HOME)
})

it('reads whatever the history holds', () => {
  expect(readSignInState(null)).toEqual({})
  expect(readSignInState('text')).toEqual({})
})

it('takes for a code what can be one, in capitals', () => {
  expect(schoolCodeOf('lake')).toBe('LAKE')
  for (const text of ['', 'x', '..', '../owner', 'LAKE/..', 'LAKE?', 'ABCDEFGHIJKLMNOPQ', null])
    expect(schoolCodeOf(text)).toBeUndefined()
})

import { expect, it } from 'vitest'
import type { Draft } from './drafts.ts'
import { readDraft } from './read-draft.ts'

const KEY = 'usms:register:LAKE:asha:lesson-1'
const mark = { status: 'LATE', minutesLate: 5, note: null }
const draft: Draft = {
  sessionId: 'lesson-1',
  changedAt: '2026-11-21T08:00:00.000Z',
  changes: { zoe: { ...mark, basedOn: null } },
  sending: {
    key: 'k',
    entries: [{ studentUserId: 'zoe', ...mark, ifMarkedAt: null }],
    reason: null,
    savedAt: '2026-11-21T08:01:00.000Z',
  },
}

it('reads what was kept', () => {
  expect(readDraft(KEY, JSON.stringify(draft))).toEqual(draft)
})

it.each([
  ['nothing', null],
  ['no JSON', '{'],
  ['a draft of another session', JSON.stringify({ ...draft, sessionId: 'lesson-2' })],
  ['a change that is none', JSON.stringify({ ...draft, changes: { zoe: null } })],
  ['a time that is none', JSON.stringify({ ...draft, changedAt: 'soon' })],
  ['a save without its time', JSON.stringify({ ...draft, sending: { key: 'k', entries: [] } })],
  [
    'a save without marks',
    JSON.stringify({ ...draft, sending: { ...draft.sending, entries: {} } }),
  ],
  [
    'a refusal without words',
    JSON.stringify({ ...draft, sending: { ...draft.sending, refusal: 1 } }),
  ],
])('takes %s for no draft', (_what, text) => {
  expect(readDraft(KEY, text)).toBeUndefined()
})

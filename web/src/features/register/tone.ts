import type { Code } from './marks.ts'

export type Tone = 'present' | 'absent' | 'late' | 'excused'

/** How a mark looks, by what it means: a school's own codes, too. The name always stands beside it. */
export function toneOf(
  code: Pick<Code, 'code' | 'countsPresent' | 'countsPossible'> | undefined,
): Tone {
  if (!code) return 'excused'
  if (code.code === 'LATE') return 'late'
  if (code.countsPresent) return 'present'
  return code.countsPossible ? 'absent' : 'excused'
}

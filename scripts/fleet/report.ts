import type { UpgradeResult } from './upgrade.ts'

const SHORT = 12

/** How many of each outcome, which failed and why, and from which releases they came: what to go back to. */
export function printReport(results: readonly UpgradeResult[], say: (line: string) => void): void {
  const counts = Map.groupBy(results, ({ outcome }) => outcome)
  say(`\n${results.length} ACTIVE schools`)
  for (const [outcome, those] of counts) say(`  ${String(those.length).padStart(5)} ${outcome}`)
  for (const { code, reason } of counts.get('failed') ?? []) say(`  failed: ${code}: ${reason}`)
  const before = Map.groupBy(counts.get('upgraded') ?? [], ({ from }) => from ?? 'unknown')
  for (const [from, those] of before)
    say(`  to go back: --release ${from} (${shortened(those.map(({ code }) => code))})`)
}

const shortened = (codes: readonly string[]) =>
  codes.length <= SHORT ? codes.join(', ') : `${codes.slice(0, SHORT).join(', ')} …`

/** Only what was read is changed: whoever comes second is refused (412) and hears of it. */
export const ifMatch = ({ version }: { version: number }) => ({
  headers: { 'if-match': `"${version}"` },
})

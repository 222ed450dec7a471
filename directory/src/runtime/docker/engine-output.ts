/**
 * Takes the engine's frames apart (one byte stream, three bytes nothing, four bytes length, the text), wherever they are cut.
 * @param onText called with every piece of either stream
 */
export function createDemuxer(onText: (text: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  // Characters of several bytes may lie across frames.
  const decoder = new TextDecoder()
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4)
      if (rest.length < end) return
      onText(decoder.decode(rest.subarray(8, end), { stream: true }))
      rest = rest.subarray(end)
    }
  }
}

/** So many characters of a line are kept: a school may write without ever ending one. */
export const LONGEST_LINE = 256 * 1024

/** Calls back with every whole line that is not empty; of one that is too long with its beginning. */
export function createLineCutter(onLine: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const [first = '', ...others] = text.split('\n')
    rest += first.slice(0, LONGEST_LINE - rest.length)
    for (const begun of others) {
      if (rest !== '') onLine(rest)
      rest = begun.slice(0, LONGEST_LINE)
    }
  }
}

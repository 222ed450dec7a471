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

/** Calls back with every whole line that is not empty. */
export function createLineCutter(onLine: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}

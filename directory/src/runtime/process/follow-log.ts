import type { Logger } from 'pino'
import type { SchoolLog } from './school-log.ts'

const FOLLOW_MS = 200

/** Calls back with every line that is written from now on. @returns ends it */
export function followLog(
  schoolLog: SchoolLog,
  log: Logger,
  onLine: (line: string) => void,
): () => void {
  let at = schoolLog.end()
  let reading = false
  // Looked at, not watched: watching files says nothing on some file systems, and the file is turned now and then.
  const timer = setInterval(async () => {
    if (reading) return
    reading = true
    try {
      const { lines, end } = await schoolLog.linesSince(await at)
      at = Promise.resolve(end)
      lines.forEach(onLine)
    } catch (error) {
      log.warn({ err: error, file: schoolLog.file }, "a school's log cannot be read")
    } finally {
      reading = false
    }
  }, FOLLOW_MS)
  return () => clearInterval(timer)
}

import type { Logger } from 'pino'
import { createNoticeChannel } from '#src/platform/notice-channel.ts'

export interface RegistryNotices {
  close(): Promise<void>
}

interface NoticesDeps {
  databaseUrl: string
  log: Logger
  /** A school's row was changed. */
  onSchool(schoolId: string): void
  /** Connected, for the first time or again: what was announced in between is not known. */
  onConnected(): void
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Listens for changes of the registry on a connection of its own, which is made again for as long as it takes. */
export function followRegistry({
  databaseUrl,
  log,
  onSchool,
  onConnected,
}: NoticesDeps): RegistryNotices {
  const channel = createNoticeChannel({
    databaseUrl,
    applicationName: 'provisioner-registry',
    channel: 'registry',
    log,
    // Anybody who may connect may notify: what is no id would fail the look at all the others.
    onNotice: (payload) => UUID.test(payload) && onSchool(payload),
    onConnected,
  })
  void channel.start()
  return { close: channel.close }
}

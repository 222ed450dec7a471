/** Path of a school on the shared origin, without a slash at its end. */
export const sharedPathOf = (code: string): string => `/proxy/${code}`

/** Says how a school is addressed from outside; nobody else builds such an address. */
export const createUrlFor = (publicUrl: string) => {
  const origin = publicUrl.replace(/\/+$/, '')
  return (school: { code: string }): string => origin + sharedPathOf(school.code)
}

export type UrlFor = ReturnType<typeof createUrlFor>

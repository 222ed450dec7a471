const CODE = /^[A-Za-z0-9]{2,16}$/

/**
 * A school's code as somebody typed or linked it, in capitals: the refresh token's cookie belongs to a path, and paths tell `abc` from
 * `ABC`. Undefined for what cannot be one, which must never become part of an address.
 */
export const schoolCodeOf = (text: string | null | undefined): string | undefined =>
  text && CODE.test(text) ? text.toUpperCase() : undefined

/** What a page hands to the sign-in page (`location.state`). */
export interface SignInState {
  /** The path to come back to. */
  from?: string
  /** By id, who was there; somebody else has nothing to come back to. */
  of?: string | undefined
  /** A password was just set with an invite. */
  accepted?: boolean
}

/** The state that the browser kept for this entry of the history, whatever wrote it. */
export const readSignInState = (state: unknown): SignInState =>
  typeof state === 'object' && state !== null ? state : {}

/** Where to go after signing in: back, but only to a page below `home`, and only for whoever came from there. */
export function wayBack({ from, of }: SignInState, id: string, home: string): string {
  const isBelow = from === home || from?.startsWith(`${home}/`) || from?.startsWith(`${home}?`)
  return from !== undefined && isBelow && (of === undefined || of === id) ? from : home
}

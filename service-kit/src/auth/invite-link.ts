/**
 * Where somebody sets a password with an invite. The token stands in the fragment, which browsers send to no server: in a path or
 * query it would end up in logs.
 * @param appUrl of the web front end
 */
export const inviteLink = (appUrl: string, schoolCode: string, token: string): string =>
  `${appUrl.replace(/\/+$/, '')}/accept-invite?school=${schoolCode}#token=${token}`

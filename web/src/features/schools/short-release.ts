const SHORT = 8

/** A release as people compare it by eye: the beginning of its id. */
export const shortRelease = (release: string | null): string | null =>
  release && release.replace(/^.*sha256:/, '').slice(0, SHORT)

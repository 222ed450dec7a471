export type Encoding = 'br' | 'gzip'

/** Best first: what a client takes as gladly as the other. */
const PREFERRED: readonly Encoding[] = ['br', 'gzip']

/**
 * Which of the encodings at hand a client likes best; undefined: send it plain.
 * @param acceptEncoding the request's header (RFC 9110 §12.5.3)
 */
export function acceptedEncoding(
  acceptEncoding: string | undefined,
  atHand: (encoding: Encoding) => boolean = () => true,
): Encoding | undefined {
  if (!acceptEncoding) return undefined
  const weights = new Map<string, number>()
  for (const item of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = item.split(';')
    const weight = parameters.map((text) => /^\s*q=([\d.]+)\s*$/i.exec(text)?.[1]).find(Boolean)
    weights.set(name.trim().toLowerCase(), weight === undefined ? 1 : Number(weight))
  }
  const weightOf = (encoding: Encoding) => weights.get(encoding) ?? weights.get('*') ?? 0
  let best: Encoding | undefined
  for (const encoding of PREFERRED)
    if (atHand(encoding) && weightOf(encoding) > (best ? weightOf(best) : 0)) best = encoding
  return best
}

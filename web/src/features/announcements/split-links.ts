export interface Piece {
  text: string
  /** Where in the text it begins. */
  at: number
  href?: string
}

// Not the marks that end a sentence: they belong to it, not to the address.
const ADDRESS = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}]/giu

/** A text in pieces, those that are web addresses with where they lead. Nothing but http and https is one. */
export function splitLinks(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const [address] = match
    if (!URL.canParse(address)) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), at: end })
    pieces.push({ text: address, at: match.index, href: new URL(address).href })
    end = match.index + address.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), at: end })
  return pieces
}

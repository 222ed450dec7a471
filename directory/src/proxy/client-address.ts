import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { plainAddress } from '@usms/service-kit/http/limit-key'

/** What is known about who asks, as far as it can be believed. */
export interface Client {
  ip: string
  proto: 'http' | 'https'
  /** Whether the socket's other end is a proxy of ours, whose forwarding headers are believed. */
  trusted: boolean
}

interface Peer {
  remoteAddress?: string | undefined
  encrypted?: boolean
}

/**
 * Tells the client's address. Only a socket of a trusted proxy may speak for somebody else, and of the addresses it names the
 * nearest one that is not itself trusted counts: anything further left was written by whoever asked.
 * @param trustProxy addresses and CIDR ranges
 * @throws Error naming an entry that is neither
 */
export function createClientReader(trustProxy: readonly string[]) {
  const trusted = blockList(trustProxy)
  const isTrusted = (ip: string) => trusted.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6')

  return (peer: Peer, headers: IncomingHttpHeaders): Client => {
    const ip = plainAddress(peer.remoteAddress ?? '')
    const proto = peer.encrypted ? 'https' : 'http'
    if (trustProxy.length === 0 || isIP(ip) === 0 || !isTrusted(ip))
      return { ip, proto, trusted: false }
    const named = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((part) => plainAddress(part.trim()))
      .reverse()
    const client = named.find((address) => isIP(address) === 0 || !isTrusted(address))
    const said = String(headers['x-forwarded-proto'] ?? '')
      .split(',')
      .at(-1)
      ?.trim()
    return {
      ip: client !== undefined && isIP(client) !== 0 ? client : ip,
      proto: said === 'https' || said === 'http' ? said : proto,
      trusted: true,
    }
  }
}

export type ClientReader = ReturnType<typeof createClientReader>

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/', 2)
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    } catch (error) {
      throw new Error(`TRUST_PROXY: ${entry} is neither an address nor a CIDR range`, {
        cause: error,
      })
    }
  }
  return list
}

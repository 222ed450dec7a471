import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** The networks of this machine on which schools live. */
export interface SchoolSide {
  /** A school is at this address. */
  add(host: string): void
  has(address: string): boolean
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6')

/**
 * Learns from the schools' addresses which networks are theirs: their names and ranges are the engine's to give. This machine's
 * own loopback never is one, though schools that are processes are reached there.
 */
export function createSchoolSide(interfaces = networkInterfaces): SchoolSide {
  const side = new BlockList()
  const has = (address: string) => side.check(address, familyOf(address))

  return {
    has,
    add(host) {
      if (has(host)) return
      for (const { cidr, internal } of Object.values(interfaces()).flatMap((all) => all ?? [])) {
        if (internal || cidr === null) continue
        const [address = '', bits] = cidr.split('/')
        const network = new BlockList()
        network.addSubnet(address, Number(bits), familyOf(address))
        if (network.check(host, familyOf(host)))
          side.addSubnet(address, Number(bits), familyOf(address))
      }
    },
  }
}

import { BlockList, isIPv6 } from 'node:net'
import { notFound } from '@usms/service-kit/errors/app-error'
import type { RequestHandler } from 'express'

const PRIVATE_NETWORKS = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
] as const

/** What proxies say of whom they ask for; not all of them say the same. */
const FORWARDED = /^(?:x-forwarded-.*|forwarded|via|x-real-ip)$/

/**
 * Lets through who connects from this machine or its private network and asks for nobody else: for the monitoring. A request
 * that a proxy passed on came from anywhere. Everybody else is told there is nothing here.
 */
export function privateClientsOnly(): RequestHandler {
  const networks = new BlockList()
  for (const [network, bits] of PRIVATE_NETWORKS)
    networks.addSubnet(network, bits, isIPv6(network) ? 'ipv6' : 'ipv4')

  return (req, _res, next) => {
    const address = req.socket.remoteAddress ?? ''
    const isForwarded = Object.keys(req.headers).some((name) => FORWARDED.test(name))
    if (isForwarded || !networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
      throw notFound('route')
    next()
  }
}

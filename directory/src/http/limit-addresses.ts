import type { RequestHandler } from 'express'
import type { AddressLimit } from '#src/proxy/limits.ts'

/** Refuses whoever asks too often. Behind what monitoring asks for, before anything that costs. */
export const limitAddresses =
  (admit: AddressLimit): RequestHandler =>
  async (req, _res, next) => {
    await admit(req.ip ?? '')
    next()
  }

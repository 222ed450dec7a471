import { AppError, unavailable } from '@usms/service-kit/errors/app-error'

/** What a client is told when a school did not answer it. */
export const schoolUnavailable = (retryAfterSeconds = 1) =>
  unavailable('school_unavailable', 'The school cannot answer just now', retryAfterSeconds)

export const schoolUnreachable = () =>
  new AppError('bad_gateway', 'school_unreachable', 'The school could not be reached')

export const schoolTimeout = () =>
  new AppError('gateway_timeout', 'school_timeout', 'The school did not answer in time')

export const bodyTooLarge = (limitBytes: number) =>
  new AppError('too_large', 'body_too_large', `The body is larger than ${limitBytes} bytes`)

import { line, searchText, stamps } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const roomBody = z.strictObject({
  code: line(20),
  name: line(100),
  capacity: z.number().int().min(1).max(100_000).nullable().optional(),
})
export const roomPatch = roomBody.partial()
export const roomList = listQuery.extend({ q: searchText.optional() })

export const room = z.object({
  ...stamps,
  code: z.string(),
  name: z.string(),
  capacity: z.number().int().nullable(),
})
export const roomPage = pageOf(room)

export type RoomBody = z.output<typeof roomBody>
export type RoomPatch = z.output<typeof roomPatch>
export type RoomList = z.output<typeof roomList>
export type RoomAnswer = z.output<typeof room>

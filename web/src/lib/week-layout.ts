import { addDays, type SchoolTime } from './school-time.ts'

interface Timed {
  startsAt: string
  endsAt: string
  /** The school's date. */
  localDate: string
}

export interface PlacedItem<Item> {
  item: Item
  /** Minutes of the school's wall clock since midnight; what lasts into the next day ends at 1440. */
  startMinute: number
  endMinute: number
  /** Which of `columns` side by side: more than one where items overlap. */
  column: number
  columns: number
}

export interface WeekDay<Item> {
  date: string
  items: PlacedItem<Item>[]
}

export interface Week<Item> {
  /** Monday to Sunday. */
  days: WeekDay<Item>[]
  /** The whole hours that hold every item, in minutes; a school's morning when there is none. */
  fromMinute: number
  toMinute: number
}

const DAYS = 7
const DAY_END = 24 * 60

/** Where the items of a week stand in a grid of days and times. Days and minutes are the school's, also when clocks are changed. */
export function placeInWeek<Item extends Timed>(
  items: readonly Item[],
  monday: string,
  time: Pick<SchoolTime, 'wallTime'>,
): Week<Item> {
  const days = Array.from({ length: DAYS }, (_, i) => {
    const date = addDays(monday, i)
    return {
      date,
      items: placeInDay(
        items.filter((item) => item.localDate === date),
        time,
      ),
    }
  })
  const placed = days.flatMap((day) => day.items)
  const [from, to] =
    placed.length === 0
      ? [8 * 60, 13 * 60]
      : [
          Math.min(...placed.map((one) => one.startMinute)),
          Math.max(...placed.map((one) => one.endMinute)),
        ]
  return { days, fromMinute: Math.floor(from / 60) * 60, toMinute: Math.ceil(to / 60) * 60 }
}

function placeInDay<Item extends Timed>(
  items: readonly Item[],
  time: Pick<SchoolTime, 'wallTime'>,
): PlacedItem<Item>[] {
  const minuteOf = (instant: string) => {
    const [hours = 0, minutes = 0] = time.wallTime(instant).split(':').map(Number)
    return hours * 60 + minutes
  }
  const timed = items
    .map((item) => {
      const startMinute = minuteOf(item.startsAt)
      const endMinute = minuteOf(item.endsAt)
      return { item, startMinute, endMinute: endMinute > startMinute ? endMinute : DAY_END }
    })
    .sort((a, b) => a.startMinute - b.startMinute || a.endMinute - b.endMinute)

  const placed: PlacedItem<Item>[] = []
  // Items that overlap, also by way of others, share the width: each takes the first column that is free again.
  let together: PlacedItem<Item>[] = []
  let columnEnds: number[] = []
  const finish = () => {
    for (const one of together) one.columns = columnEnds.length
    placed.push(...together)
    together = []
    columnEnds = []
  }
  for (const one of timed) {
    if (columnEnds.every((end) => end <= one.startMinute)) finish()
    const free = columnEnds.findIndex((end) => end <= one.startMinute)
    const column = free === -1 ? columnEnds.length : free
    columnEnds[column] = one.endMinute
    together.push({ ...one, column, columns: 1 })
  }
  finish()
  return placed
}

import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { isDeadNeighbour, newLeaseOwner } from './lease-owner.ts'

const self = newLeaseOwner('/data')
const deadPid = spawnSync(process.execPath, ['--version']).pid
const [host, dataDir] = self.split('|')

it('takes a process of this machine and data folder that has ended for dead', () => {
  expect(isDeadNeighbour(`${host}|${dataDir}|${deadPid}|x`, self)).toBe(true)
})

it('takes an earlier start with the same pid for dead', () => {
  expect(isDeadNeighbour(newLeaseOwner('/data'), self)).toBe(true)
})

it('takes nobody for dead of whom it cannot know: itself, a living one, another machine or folder', () => {
  expect(isDeadNeighbour(self, self)).toBe(false)
  expect(isDeadNeighbour(`${host}|${dataDir}|${process.ppid}|x`, self)).toBe(false)
  expect(isDeadNeighbour(`elsewhere|${dataDir}|${deadPid}|x`, self)).toBe(false)
  expect(isDeadNeighbour(`${host}|other|${deadPid}|x`, self)).toBe(false)
})

import { parseArgs } from 'node:util'
import { commands } from './cli/commands.ts'

/** A school run by hand: the same functions that the provisioner calls, and the server itself. */
const USAGE = `Usage: node src/cli.ts <command>

  serve          run the school's API until it is told to stop
${commands.map(({ name, summary, settings }) => `  ${name.padEnd(15)}${summary}\n${' '.repeat(17)}${settings}`).join('\n')}

Settings come from the environment; each NAME may stand in a file named by NAME_FILE instead.`

async function run(args: string[]): Promise<void> {
  const { values, positionals } = readArgs(args)
  const [name, ...rest] = positionals
  if (values.help) return void console.log(USAGE)
  const command = commands.find((candidate) => candidate.name === name)
  if (rest.length > 0 || (!command && name !== 'serve'))
    throw new UsageError(
      name === undefined ? 'Name a command.' : `No command “${positionals.join(' ')}”.`,
    )
  if (values.role !== undefined && name !== 'invite-admin')
    throw new UsageError('--role belongs to invite-admin.')
  // The server reads its own settings, reports its own failures and outlives this function.
  if (!command) return void (await import('./main.ts'))
  await command.run(process.env, (line) => console.log(line), values)
  end(0)
}

/** At once: Prisma's schema engine leaves a timer of 10 s behind it, for a lock it has long had. */
const end = (code: number) => process.exit(code)

class UsageError extends Error {}

function readArgs(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { role: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message)
  end(error instanceof UsageError ? 2 : 1)
}

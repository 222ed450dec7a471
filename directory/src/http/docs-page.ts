import { z } from 'zod'
import { escapeHtml } from './escape-html.ts'

const operation = z.object({
  summary: z.string().optional(),
  security: z.array(z.unknown()).optional(),
  requestBody: z.unknown().optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
})

/** What is read of an OpenAPI document. */
export const apiDocument = z.object({
  info: z.object({ title: z.string().optional() }).optional(),
  servers: z.array(z.object({ url: z.string() })).optional(),
  paths: z.record(z.string(), z.record(z.string(), operation)).optional(),
})

export type ApiDocument = z.input<typeof apiDocument>
type Operation = z.input<typeof operation>

/** One static page that names every endpoint of the documents given. It loads nothing: no script, no font, no foreign server. */
export const docsPage = (documents: readonly ApiDocument[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>USMS: HTTP API</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid #ccc; padding: .3rem .6rem .3rem 0; vertical-align: top }
code { font: 14px ui-monospace, monospace }
small { color: #555 }
</style>
</head>
<body>
<h1>USMS: HTTP API</h1>
<p>The exact shapes stand in <a href="/openapi.json">/openapi.json</a>; a school serves its own as
<code>/proxy/CODE/openapi.json</code>.</p>
${documents.map(section).join('\n')}
</body>
</html>
`

const section = ({
  info,
  servers,
  paths = {},
}: ApiDocument) => `<h2>${escapeHtml(info?.title ?? 'API')}</h2>
<p>Paths are relative to <code>${escapeHtml(servers?.[0]?.url ?? '/')}</code></p>
<table>
${Object.entries(paths)
  .flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => row(method, path, operation)),
  )
  .join('\n')}
</table>`

function row(method: string, path: string, operation: Operation): string {
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => name)
  const notes = [
    operation.security?.length === 0 ? 'anyone' : 'signed in',
    ...(operation.requestBody ? ['JSON body'] : []),
    ...(query.length > 0 ? [`?${query.join(' &')}`] : []),
  ]
  return `<tr><td><code>${escapeHtml(method.toUpperCase())}</code></td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(operation.summary ?? '')}<br><small>${escapeHtml(notes.join(' · '))}</small></td></tr>`
}

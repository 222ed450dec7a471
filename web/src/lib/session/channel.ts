/** What the tabs of one browser tell each other about a sign-in. */
type Message = { kind: 'signed-out' } | { kind: 'signed-in'; id: string }

export function openChannel(name: string, onMessage: (message: Message) => void) {
  const channel = new BroadcastChannel(`usms:${name}`)
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => onMessage(data))
  return {
    send: (message: Message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}

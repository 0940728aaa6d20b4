import { says, type CommandEffect, type CommandPlace, type GuestCommand } from './command-model.js'
import { cardsOf, type GuestCard } from './guest-facts.js'
import { addressOf, gatewayOf, startPing } from './ping.js'

/** Commands about the network. */
export const networkCommands: Readonly<Record<string, GuestCommand>> = {
  ip: { help: 'ip a: addresses; ip r: routes; ip l: cards', run: ip },
  ping: { help: 'ping [-c COUNT] HOST: asks another machine; Ctrl+C ends it', run: ping },
}

function ip({ record }: CommandPlace, [what = 'a']: readonly string[]): CommandEffect {
  const cards = cardsOf(record)
  if ('address'.startsWith(what)) {
    return says(...loopback(), ...cards.flatMap((card, index) => [...link(card, index), ...addresses(card, index)]))
  }
  if ('link'.startsWith(what)) return says(...loopback().slice(0, 2), ...cards.flatMap(link))
  if ('route'.startsWith(what)) return says(...routes(cards))
  return says(`ip: ${what} is not simulated; there are address, link and route`)
}

function loopback(): string[] {
  return [
    '1: lo: <LOOPBACK,UP> mtu 65536 state UNKNOWN',
    '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
    '    inet 127.0.0.1/8 scope host lo',
  ]
}

function link(card: GuestCard, index: number): string[] {
  const [flag, state] = card.connected ? [',LOWER_UP', 'UP'] : ['', 'DOWN']
  return [
    `${index + 2}: eth${index}: <BROADCAST,MULTICAST,UP${flag}> mtu 1500 state ${state}`,
    `    link/ether ${card.mac} brd ff:ff:ff:ff:ff:ff`,
  ]
}

function addresses(card: GuestCard, index: number): string[] {
  return card.addresses.map(address => address.includes(':')
    ? `    inet6 ${address}/64 scope ${address.startsWith('fe80') ? 'link' : 'global'}`
    : `    inet ${address}/24 brd ${address.replace(/\d+$/, '255')} scope global eth${index}`)
}

function routes(cards: readonly GuestCard[]): string[] {
  const first = cards.findIndex(card => gatewayOf(card.addresses) !== undefined)
  const standard = first < 0 ? [] : [`default via ${gatewayOf(cards[first]!.addresses)} dev eth${first}`]
  return [...standard, ...cards.flatMap((card, index) => card.addresses.filter(address => !address.includes(':')).map(address =>
    `${address.replace(/\d+$/, '0')}/24 dev eth${index} scope link src ${address}`))]
}

function ping({ tx, find, vm }: CommandPlace, args: readonly string[]): CommandEffect {
  const at = args.indexOf('-c')
  const count = at < 0 ? undefined : Number(args[at + 1])
  const name = args.find((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1))
  if (name === undefined) return says('ping: a name or an address is missing')
  if (count !== undefined && !(Number.isInteger(count) && count > 0)) return says(`ping: ${args[at + 1] ?? ''} is no count`)
  const address = addressOf(tx, find, vm, name)
  if (address === undefined) return says(`ping: ${name}: name not known`)
  startPing(tx, find, vm, name, address, count)
  return {}
}

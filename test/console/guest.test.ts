import { describe, expect, it } from 'vitest'
import { saveImage, loadImage } from '../../emulator/world/image.js'
import { ConsoleLab, press, type, typeLine } from './support.js'

/** What a command prints. */
function run(lab: ConsoleLab, command: string, name = 'web-01'): string[] {
  const feed = lab.feed(name)
  typeLine(feed, 'clear')
  typeLine(feed, command)
  lab.world.advance(10_000)
  const lines = lab.text(name)
  return lines.slice(1 + lines.findIndex(line => line.endsWith(command)), -1)
}

describe('a guest that boots', () => {
  it('shows its firmware, its kernel, its services, and asks for a login when VMware Tools report', () => {
    const lab = new ConsoleLab()
    lab.power('off-01', 'on')
    lab.power('off-01', 'reset')
    // The reset was done 0.6 s after it was asked for; 19.4 s have passed.
    expect(lab.text('off-01').at(-1)).toMatch(/^\[ {2}OK {2}\] Started/)
    lab.power('web-02', 'off', 'esx-02')
    lab.power('web-02', 'on', 'esx-02')
    const guest = () => lab.world.get('esx-02', lab.id('web-02', 'esx-02'))!.props['guest'] as { toolsRunningStatus: string }
    lab.world.advance(6_100)
    expect(guest().toolsRunningStatus).toBe('guestToolsNotRunning')
    expect(lab.text('web-02', 'esx-02').at(-1)).not.toBe('web-02 login:')
    lab.world.advance(200)
    expect(guest().toolsRunningStatus).toBe('guestToolsRunning')
    expect(lab.text('web-02', 'esx-02').at(-1)).toBe('web-02 login:')
  })

  it('has the firmware of its configuration, which counts what the machine has', () => {
    const lab = new ConsoleLab()
    for (const [name, host, firmware] of [['web-01', 'esx-01', 'Virtual  BIOS'], ['web-02', 'esx-02', 'Virtual UEFI']] as const) {
      lab.power(name, 'off', host)
      lab.power(name, 'on', host)
      lab.world.advance(6_300)
      lab.world.transact({ kind: 'lab' }, tx => tx.emit('guest.key', { node: host, vm: lab.id(name, host), scanCodes: [0x1d, 0x38, 0x153] }))
      lab.world.advance(8_000 + 2_600)
      const text = lab.text(name, host).join('\n')
      expect(text).toContain(firmware)
      expect(text).toMatch(name === 'web-01' ? /Memory +2048 MB\n +Disk 0 +16 GB/ : /Memory +1024 MB/)
    }
  })

  it('says that it has nothing to boot when it has no disk', () => {
    const lab = new ConsoleLab()
    lab.world.transact({ kind: 'lab' }, tx => tx.update({ node: 'esx-01', id: lab.id('web-01') }, ({ props }) => {
      const config = props['config'] as { hardware: { device: { _typeName: string }[] } }
      config.hardware.device = config.hardware.device.filter(device => device._typeName !== 'VirtualDisk')
    }))
    expect(lab.text('web-01').join('\n')).toContain('No disk with an operating system was found.')
  })
})

describe('a login', () => {
  it('takes name and password, does not show the password, and refuses a wrong one', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    typeLine(feed, 'root')
    type(feed, 'wrong')
    expect(lab.text('web-01').at(-1)).toBe('Password:')
    press(feed, 0x1c)
    expect(lab.text('web-01').slice(-3)).toEqual(['Login incorrect', '', 'web-01 login:'])
    typeLine(feed, '__proto__')
    typeLine(feed, 'x')
    expect(lab.text('web-01').at(-3)).toBe('Login incorrect')
    typeLine(feed, 'root')
    typeLine(feed, 'VMware1!')
    expect(lab.text('web-01').at(-1)).toBe('root@web-01:~#')
    typeLine(feed, 'logout')
    expect(lab.text('web-01')).toEqual([expect.stringContaining('web-01 tty1'), '', 'web-01 login:'])
  })
})

describe('the shell', () => {
  it('answers from the configuration of the VM', () => {
    const lab = new ConsoleLab()
    lab.logIn('web-01')
    expect(run(lab, 'hostname')).toEqual(['web-01'])
    expect(run(lab, 'whoami')).toEqual(['root'])
    expect(run(lab, 'uname -a')[0]).toMatch(/^Linux web-01 .* x86_64/)
    expect(run(lab, 'nproc')).toEqual(['2'])
    expect(run(lab, 'free -m')[1]).toMatch(/^Mem: +2048 /)
    expect(run(lab, 'cat /etc/hostname')).toEqual(['web-01'])
    const mac = (lab.world.get('esx-01', lab.id('web-01'))!.props['guest'] as { net: { macAddress: string }[] }).net[0]!.macAddress
    expect(run(lab, 'ip a').slice(3)).toEqual([
      expect.stringContaining('eth0'), `    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`, '    inet 10.1.0.11/24 brd 10.1.0.255 scope global eth0',
    ])
    expect(run(lab, 'ip r')).toEqual(['default via 10.1.0.1 dev eth0', '10.1.0.0/24 dev eth0 scope link src 10.1.0.11'])
    expect(run(lab, 'date')).toEqual([expect.stringMatching(/^Mon Jan {2}5 08:\d\d:\d\d UTC 2026$/)])
    expect(run(lab, 'dmesg').some(line => line.includes('sda: 33554432 sectors of 512 bytes, 16 GB'))).toBe(true)
    expect(run(lab, "echo 'a  b' \\\" \"it's\" c\\ d")).toEqual([`a  b " it's c d`])
    expect(run(lab, 'echo a | cat')).toEqual([expect.stringContaining('not simulated')])
    expect(run(lab, 'echo "a')).toEqual(['": the quote has no end'])
    expect(run(lab, '""')).toEqual([': command not found (a simulated guest; help lists what there is)'])
    expect(run(lab, 'nonsense')).toEqual([expect.stringContaining('nonsense: command not found')])
    expect(run(lab, 'constructor')).toEqual([expect.stringContaining('command not found')])
    expect(run(lab, 'ls /etc')).toEqual(['hostname  hosts  motd  os-release  passwd'])
    expect(run(lab, 'cat /nowhere')).toEqual(['cat: /nowhere: no such file'])
    expect(run(lab, 'help').length).toBeGreaterThan(20)
  })

  it('df shows what the workload has written since', () => {
    const lab = new ConsoleLab()
    lab.logIn('web-01')
    const used = () => Number(/ (\d+) +\d+ +\d+%/.exec(run(lab, 'df')[1]!)![1])
    const before = used()
    lab.world.transact({ kind: 'lab' }, tx =>
      tx.emit('workload.set', { node: 'esx-01', vm: lab.id('web-01'), writeBytesPerSecond: 1024 * 1024 }))
    lab.world.advance(90_000)
    expect(used() - before).toBe(90 * 1024)
  })

  it('uptime follows the lab time', () => {
    const lab = new ConsoleLab()
    lab.power('web-01', 'off')
    lab.power('web-01', 'on')
    lab.world.advance(26 * 3_600_000)
    lab.logIn('web-01')
    expect(run(lab, 'uptime')).toEqual([expect.stringMatching(/up 1 day, 2:00, {2}1 user$/)])
  })

  it('finds earlier commands, forgets a line, and knows Shift, Caps Lock and Backspace', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    typeLine(feed, 'echo One "two three"')
    expect(lab.text('web-01').at(-2)).toBe('One two three')
    typeLine(feed, 'hostname')
    press(feed, 0x148)
    press(feed, 0x148)
    expect(lab.text('web-01').at(-1)).toBe('root@web-01:~# echo One "two three"')
    press(feed, 0x150)
    press(feed, 0x0e)
    expect(lab.text('web-01').at(-1)).toBe('root@web-01:~# hostnam')
    feed.key(0x1d, true)
    press(feed, 0x16)
    feed.key(0x1d, false)
    press(feed, 0x3a)
    type(feed, 'aB1')
    expect(lab.text('web-01').at(-1)).toBe('root@web-01:~# Ab1')
  })

  it('keeps its line within the screen, however much is typed', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    type(feed, 'x'.repeat(500))
    expect(lab.text('web-01').slice(-2).map(line => line.length)).toEqual([80, 79])
    press(feed, 0x1c)
    for (let line = 0; line < 200; line += 1) typeLine(feed, 'hostname')
    const record = lab.world.ofType('lab', 'GuestTerminal')[0]!.record!
    expect(JSON.stringify(record).length).toBeLessThan(6000)
  })

  it('is saved, loaded and rewound with the lab', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    typeLine(feed, 'hostname')
    const image = JSON.parse(JSON.stringify(saveImage(lab.world)))
    const before = lab.text('web-01')
    let changes = 0
    feed.onChange(() => { changes += 1 })
    typeLine(feed, 'clear')
    const typed = changes
    loadImage(lab.world, image)
    expect(lab.text('web-01')).toEqual(before)
    expect(changes).toBe(typed + 1)
  })

  it('gives the same journal for the same keys', () => {
    const digest = (): string => {
      const lab = new ConsoleLab()
      const feed = lab.logIn('web-01')
      feed.onChange(() => {})
      typeLine(feed, 'ping -c 2 web-02')
      lab.world.advance(5_000)
      return lab.world.journal.digest()!
    }
    expect(digest()).toBe(digest())
  })
})

describe('ping', () => {
  it('reaches guests, hosts and gateways, by name and by address', () => {
    const lab = new ConsoleLab()
    lab.logIn('web-01')
    const vc = lab.lab.nodes.find(node => node.name === 'vc-01')!
    for (const name of ['web-02', '10.1.0.12', 'localhost', '10.1.0.1', vc.hostName, vc.address]) {
      const lines = run(lab, `ping -c 2 ${name}`)
      expect(lines.at(-1)).toBe('2 packets transmitted, 2 received, 0% packet loss, time 1000ms')
      expect(lines.length).toBe(6)
    }
    expect(run(lab, 'ping nowhere')).toEqual(['ping: nowhere: name not known'])
    expect(run(lab, 'ping -c 0 web-02')).toEqual(['ping: 0 is no count'])
  })

  it('is not answered by a guest that is off or hangs, nor over a cable that is cut', () => {
    const lab = new ConsoleLab()
    lab.logIn('web-01')
    const lost = '2 packets transmitted, 0 received, 100% packet loss, time 1000ms'
    const answered = () => run(lab, 'ping -c 2 10.1.0.12').at(-1) !== lost
    expect(answered()).toBe(true)
    for (const [fault, target] of [['guest-hang', 'web-02'], ['cable-cut', 'esx-02'], ['host-crash', 'esx-02']] as const) {
      const { id } = lab.lab.faults.inject(fault, target, {})
      expect(answered()).toBe(false)
      if (fault !== 'host-crash') {
        lab.lab.faults.heal(id)
        expect(answered()).toBe(true)
      }
    }
    expect(run(lab, 'ping -c 2 10.1.0.77').at(-1)).toBe(lost)
  })

  it('runs a packet a second until Ctrl+C, and stands still with its guest', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    typeLine(feed, 'clear')
    typeLine(feed, 'ping web-02')
    lab.world.advance(3_500)
    expect(lab.text('web-01').at(-1)).toMatch(/icmp_seq=4/)
    const { id } = lab.lab.faults.inject('guest-hang', 'web-01', {})
    lab.world.advance(5_000)
    expect(lab.text('web-01').at(-1)).toMatch(/icmp_seq=4/)
    lab.lab.faults.heal(id)
    lab.world.advance(1_000)
    feed.key(0x1d, true)
    press(feed, 0x2e)
    feed.key(0x1d, false)
    expect(lab.text('web-01').at(-2)).toMatch(/^5 packets transmitted, 5 received/)
  })
})

describe('the power of a guest', () => {
  it('goes with poweroff and comes again with reboot', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    typeLine(feed, 'reboot')
    lab.world.advance(2_000)
    expect(lab.text('web-01')[0]).toBe('The system goes down for reboot now.')
    lab.world.advance(8_000)
    expect(lab.text('web-01').join()).toContain('Virtual  BIOS')
    lab.world.advance(30_000)
    const again = lab.logIn('web-01')
    typeLine(again, 'poweroff')
    lab.world.advance(9_000)
    const { runtime } = lab.world.get('esx-01', lab.id('web-01'))!.props as { runtime: { powerState: string, cleanPowerOff: boolean } }
    expect(runtime).toMatchObject({ powerState: 'poweredOff', cleanPowerOff: true })
    expect(lab.world.ofType('lab', 'GuestTerminal')).toEqual([])
  })

  it('is root\'s to take away', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    typeLine(feed, 'user')
    typeLine(feed, 'VMware1!')
    expect(run(lab, 'poweroff')).toEqual(['Only root may do that.'])
  })

  it('suspended and resumed › has the size that it had', () => {
    const lab = new ConsoleLab()
    lab.feed('web-01').wish(1024, 768)
    lab.power('web-01', 'suspend')
    lab.power('web-01', 'on')
    expect(lab.world.get('esx-01', lab.id('web-01'))!.props['guest']).toMatchObject({ screen: { width: 1024, height: 768 } })
    expect(lab.feed('web-01').picture()).toMatchObject({ width: 1024, height: 768 })
    lab.power('web-01', 'reset')
    lab.world.advance(30_000)
    expect(lab.world.get('esx-01', lab.id('web-01'))!.props['guest']).toMatchObject({ screen: { width: 720, height: 400 } })
  })

  it('suspended in the middle of a ping › sends nothing until it goes on', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    typeLine(feed, 'ping web-02')
    lab.power('web-01', 'suspend')
    const before = lab.text('web-01')
    lab.world.advance(60_000)
    expect(lab.text('web-01')).toEqual(before)
    const jobs = lab.world.agenda.list().filter(job => job.kind === 'guest.ping')
    expect(jobs).toEqual([])
    lab.power('web-01', 'on')
    expect(lab.text('web-01').length).toBeGreaterThan(before.length)
  })

  it('suspended › keeps the picture, and goes on with it', () => {
    const lab = new ConsoleLab()
    typeLine(lab.logIn('web-01'), 'hostname')
    const before = lab.text('web-01')
    lab.power('web-01', 'suspend')
    expect(lab.text('web-01')).toEqual(before)
    lab.power('web-01', 'on')
    expect(lab.text('web-01')).toEqual(before)
    typeLine(lab.feed('web-01'), 'whoami')
    expect(lab.text('web-01').at(-2)).toBe('root')
  })
})

describe('trouble in a guest', () => {
  it('guest-hang › the picture stands still and keys do nothing, until it is healed', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    const { id } = lab.lab.faults.inject('guest-hang', 'web-01', {})
    type(feed, 'root')
    lab.world.advance(300_000)
    expect(lab.text('web-01').at(-1)).toBe('web-01 login:')
    lab.lab.faults.heal(id)
    type(feed, 'root')
    expect(lab.text('web-01').at(-1)).toBe('web-01 login: root')
  })

  it('a Shift that is let go while the guest hangs is not down afterwards', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    feed.key(0x2a, true)
    const { id } = lab.lab.faults.inject('guest-hang', 'web-01', {})
    feed.key(0x2a, false)
    lab.lab.faults.heal(id)
    type(feed, 'a')
    expect(lab.text('web-01').at(-1)).toBe('web-01 login: a')
  })

  it('host-hang › the guests of that host stand still too', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('web-01')
    const { id } = lab.lab.faults.inject('host-hang', 'esx-01', {})
    type(feed, 'a')
    expect(lab.text('web-01').at(-1)).toBe('web-01 login:')
    lab.lab.faults.heal(id)
    type(feed, 'a')
    expect(lab.text('web-01').at(-1)).toBe('web-01 login: a')
  })

  it('guest-hang while it boots › stands still at that line', () => {
    const lab = new ConsoleLab()
    lab.power('web-01', 'off')
    lab.power('web-01', 'on')
    lab.lab.faults.inject('guest-hang', 'web-01', {})
    const before = lab.text('web-01')
    expect(before.at(-1)).toMatch(/Started/)
    lab.world.advance(300_000)
    expect(lab.text('web-01')).toEqual(before)
  })

  it('guest-crash › a panic that stays until a reset', () => {
    const lab = new ConsoleLab()
    const feed = lab.logIn('web-01')
    lab.lab.faults.inject('guest-crash', 'web-01', {})
    const panic = lab.text('web-01')
    expect(panic).toContainEqual(expect.stringContaining('kernel: panic'))
    typeLine(feed, 'hostname')
    lab.world.advance(100_000)
    expect(lab.text('web-01')).toEqual(panic)
    lab.power('web-01', 'reset')
    lab.world.advance(30_000)
    expect(lab.text('web-01').at(-1)).toBe('web-01 login:')
  })

  it('tools-stop › the rest works on', () => {
    const lab = new ConsoleLab()
    lab.lab.faults.inject('tools-stop', 'web-01', {})
    lab.logIn('web-01')
    expect(run(lab, 'ps').some(line => line.includes('vmtoolsd'))).toBe(false)
    expect(run(lab, 'ip a').join()).toContain('10.1.0.11')
  })

  it('a Windows guest › has a sign-in screen with nothing behind it, and a stop screen', () => {
    const lab = new ConsoleLab()
    const feed = lab.feed('win-01')
    const before = lab.text('win-01')
    typeLine(feed, 'root')
    expect(lab.text('win-01')).toEqual(before)
    expect(before.join('\n')).toContain('no session to sign in to')
    lab.lab.faults.inject('guest-crash', 'win-01', {})
    expect(lab.text('win-01').join('\n')).toContain('SIMULATED_DRIVER_FAULT')
  })
})

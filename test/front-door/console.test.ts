import { describe, expect, it } from 'vitest'
import type { Ref } from '../../clients/sdk/soap-xml.js'
import { restartConsoleService } from '../../emulator/physics/guest-os/console-service.js'
import { readPng, type ReadPng } from '../console/read-png.js'
import { withDoors, type Door, type Doors } from './door.js'

const ADMIN = 'administrator@vsphere.local:VMware1!'

interface Answer { readonly status: number, readonly type: string | null, readonly body: Buffer, readonly challenge: string | null }

/** GET /screen of a node. */
async function screen(doors: Doors, query: string, options: { node?: string, login?: string, cookie?: string | undefined } = {}): Promise<Answer> {
  const { node = 'vc-01', login, cookie } = options
  const url = new URL(`/screen?${query}`, await doors.lab.url(node))
  const reply = await fetch(url, { headers: {
    ...login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    ...cookie === undefined ? {} : { cookie },
  } })
  return {
    status: reply.status, type: reply.headers.get('content-type'), challenge: reply.headers.get('www-authenticate'),
    body: Buffer.from(await reply.arrayBuffer()),
  }
}

/** Every colour of a picture. */
function colours(png: ReadPng): string[] {
  const found = new Set<string>()
  for (let y = 0; y < png.height; y += 1) for (let x = 0; x < png.width; x += 1) found.add(png.at(x, y))
  return [...found].sort()
}

async function isBlack(doors: Doors, vm: Ref): Promise<boolean> {
  return colours(readPng((await screen(doors, `id=${vm.value}`, { login: ADMIN })).body)).join() === '000000'
}

/** USB usages of a text of small letters, digits and Enter (a line feed). */
function usages(text: string): { usbHidCode: number }[] {
  return [...text].map(character => {
    const usage = character === '\n' ? 0x28 : /[a-z]/.test(character) ? character.charCodeAt(0) - 93 : (Number(character) + 9) % 10 + 30
    return { usbHidCode: usage * 65536 + 7 }
  })
}

describe('/screen', () => {
  it('gives the console as a PNG › on vCenter and on the host, by session and by login', withDoors(async doors => {
    const [vc, host] = [await doors.open(), await doors.open('esx-02')]
    const [above, below] = [await vc.vm('db-01'), await host.vm('db-01')]
    const answers = [
      await screen(doors, `id=${above.value}`, { login: ADMIN }), await screen(doors, `id=${above.value}`, { cookie: vc.soap.cookie }),
      await screen(doors, `id=${below.value}`, { node: 'esx-02', login: 'root:VMware1!' }),
      await screen(doors, `id=${below.value}`, { node: 'esx-02', cookie: host.soap.cookie }),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.type]).toEqual([200, 'image/png'])
      expect(answer.body.equals(answers[0]!.body)).toBe(true)
    }
    const png = readPng(answers[0]!.body)
    expect([png.width, png.height]).toEqual([720, 400])
    expect(colours(png)).toEqual(['000000', 'c8ccd0'])
  }))

  it('a login lasts for the one question', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const sessions = async () => (await vc.get<{ UserSession: object[] } | object[]>(await vc.content('sessionManager'), 'sessionList'))
    const before = JSON.stringify(await sessions()).split('loginTime').length
    await screen(doors, `id=${vm.value}`, { login: ADMIN })
    expect(JSON.stringify(await sessions()).split('loginTime').length).toBe(before)
  }))

  it('gives a part, and another size', withDoors(async doors => {
    const vc = await doors.open()
    const { value } = await vc.vm('db-01')
    const get = async (query: string) => screen(doors, `id=${value}&${query}`, { login: ADMIN })
    const part = readPng((await get('left=9&top=0&right=27&bottom=16')).body)
    expect([part.width, part.height]).toEqual([18, 16])
    const whole = readPng((await get('')).body)
    expect(part.at(4, 4)).toBe(whole.at(13, 4))
    const small = readPng((await get('w=180&h=100')).body)
    expect([small.width, small.height]).toEqual([180, 100])
    const large = readPng((await get('w=1440&h=800')).body)
    expect([large.at(26, 8), large.at(27, 9)]).toEqual([whole.at(13, 4), whole.at(13, 4)])
    // Larger than a screen of today is refused: making it would keep everybody waiting.
    expect((await get('w=1920&h=1080')).status).toBe(200)
    expect((await get('w=4096&h=4096')).status).toBe(400)
    for (const query of ['w=0', 'w=x', 'left=800', 'w=99999', 'top=-1', 'h=1e3']) expect((await get(query)).status).toBe(400)
  }))

  it('refuses who is nobody, who may not, what is unknown, what is off', withDoors(async doors => {
    const vc = await doors.open()
    const [on, off] = [await vc.vm('db-01'), await vc.vm('win-01')]
    const status = async (query: string, login?: string) => (await screen(doors, query, login === undefined ? {} : { login })).status
    const nobody = await screen(doors, `id=${on.value}`)
    expect([nobody.status, nobody.challenge]).toEqual([401, 'Basic realm="VMware HTTP server"'])
    expect(await status(`id=${on.value}`, 'administrator@vsphere.local:wrong')).toBe(401)
    expect((await screen(doors, `id=${on.value}`, { cookie: 'vmware_soap_session="x"' })).status).toBe(401)
    expect(await status(`id=${on.value}`, 'operator@vsphere.local:VMware1!')).toBe(401)
    await vc.call(await vc.content('authorizationManager'), 'SetEntityPermissions', {
      entity: await vc.content('rootFolder'),
      permission: [{ principal: 'VSPHERE.LOCAL\\operator', group: false, roleId: -2, propagate: true }],
    })
    expect(await status(`id=${on.value}`, 'operator@vsphere.local:VMware1!')).toBe(403)
    for (const query of ['id=vm-999999', 'id=', '', 'id=group-d1', 'id=%00']) expect(await status(query, ADMIN)).toBe(404)
    expect(await status(`id=${off.value}`, ADMIN)).toBe(400)
    doors.inject('cable-cut', 'esx-02')
    doors.advance(120)
    expect(await status(`id=${on.value}`, ADMIN)).toBe(503)
  }))

  it('a suspended VM keeps its last picture', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const before = await screen(doors, `id=${vm.value}`, { login: ADMIN })
    await vc.done(vm, 'SuspendVM_Task')
    expect((await screen(doors, `id=${vm.value}`, { login: ADMIN })).body.equals(before.body)).toBe(true)
  }))
})

describe('PutUsbScanCodes', () => {
  it('types into the guest, and says how many keys it took', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('web-01')
    const shift = { leftShift: true, leftControl: false }
    const put = (keyEvents: object[]) => vc.call(vm, 'PutUsbScanCodes', { spec: { keyEvents } })
    expect(await put(usages('root\n'))).toBe('5')
    const [v, m, w, ...are] = usages('vmware1')
    // V, M, w, are, 1 and ! of the password.
    expect(await put([{ ...v, modifiers: shift }, { ...m, modifiers: shift }, w, ...are, { ...usages('1')[0], modifiers: shift }] as object[])).toBe('8')
    expect(await put([...usages('\n'), { usbHidCode: 0x40007 ^ 7 ^ 9 }, { usbHidCode: 0x7fff0007 }])).toBe('1')
    const host = doors.lab.world.ofType('esx-01', 'VirtualMachine').find(slot => slot.record?.props['name'] === 'web-01')
      ?? doors.lab.world.ofType('esx-02', 'VirtualMachine').find(slot => slot.record?.props['name'] === 'web-01')!
    const truth = doors.lab.world.get('lab', `terminal/${host.address.node}/${host.address.id}`)!.props
    expect(truth).toMatchObject({ mode: 'shell', user: 'root' })
  }))

  it('faults for a VM that is off, and without the privilege', withDoors(async doors => {
    const vc = await doors.open()
    const spec = { keyEvents: usages('a') }
    expect(await vc.fault(await vc.vm('win-01'), 'PutUsbScanCodes', { spec })).toMatchObject({
      type: 'InvalidPowerState', detail: { requestedState: 'poweredOn', existingState: 'poweredOff' },
    })
    await vc.call(await vc.content('authorizationManager'), 'SetEntityPermissions', {
      entity: await vc.content('rootFolder'),
      permission: [{ principal: 'VSPHERE.LOCAL\\operator', group: false, roleId: -2, propagate: true }],
    })
    const reader = await doors.open('vc-01', 'operator@vsphere.local')
    const vm = await vc.vm('web-01')
    expect(await reader.fault(vm, 'PutUsbScanCodes', { spec })).toMatchObject({
      type: 'NoPermission', detail: { object: vm, privilegeId: 'VirtualMachine.Interact.PutUsbScanCodes' },
    })
  }))
})

describe('SetScreenResolution', () => {
  it('changes the screen of a guest with VMware Tools', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('web-01')
    await vc.call(vm, 'SetScreenResolution', { width: 1024, height: 768 })
    expect(await vc.get(vm, 'guest.screen')).toMatchObject({ width: '1024', height: '768' })
    const png = readPng((await screen(doors, `id=${vm.value}`, { login: ADMIN })).body)
    expect([png.width, png.height]).toEqual([1024, 768])
    expect(await vc.fault(vm, 'SetScreenResolution', { width: 0, height: 1 })).toMatchObject({ type: 'InvalidArgument', detail: { invalidProperty: 'width' } })
    expect(await vc.faultOf(await vc.vm('win-01'), 'SetScreenResolution', { width: 800, height: 600 })).toBe('InvalidPowerState')
    doors.inject('tools-stop', 'web-01')
    expect(await vc.faultOf(vm, 'SetScreenResolution', { width: 800, height: 600 })).toBe('ToolsUnavailable')
  }))
})

describe('CreateScreenshot_Task', () => {
  const files = async (vc: Door, vm: Ref): Promise<{ name: string, type: string, size: string }[]> => {
    const { file } = await vc.get<{ file: { name: string, type: string, size: string }[] }>(vm, 'layoutEx')
    return file
  }

  it('writes a PNG beside the VM, whose space is taken', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const store = await vc.named('Datastore', 'shared-01')
    const free = async () => Number(await vc.get(store, 'summary.freeSpace'))
    const before = await free()
    expect(await vc.done(vm, 'CreateScreenshot_Task')).toBe('[shared-01] db-01/db-01-1.png')
    expect(await vc.done(vm, 'CreateScreenshot_Task')).toBe('[shared-01] db-01/db-01-2.png')
    const shots = (await files(vc, vm)).filter(file => file.type === 'screenshot')
    expect(shots.map(file => file.name)).toEqual(['[shared-01] db-01/db-01-1.png', '[shared-01] db-01/db-01-2.png'])
    expect(before - await free()).toBe(shots.reduce((sum, file) => sum + Number(file.size), 0))
    expect(Number(shots[0]!.size)).toBeGreaterThan(100_000)
  }))

  it('fails for a VM that is off, and when the datastore is full', withDoors(async doors => {
    const vc = await doors.open()
    expect(await vc.failed(await vc.vm('win-01'), 'CreateScreenshot_Task')).toEqual({
      _typeName: 'InvalidPowerState', requestedState: 'poweredOn', existingState: 'poweredOff',
    })
    doors.lab.lab.faults.inject('datastore-fill', 'shared-01', { to: '100%' })
    expect((await vc.failed(await vc.vm('db-01'), 'CreateScreenshot_Task'))?._typeName).toBe('NoDiskSpace')
  }))
})

describe('A19 a black console', () => {
  it('hung console service › all consoles of the host are black until the service is started again', withDoors(async doors => {
    const vc = await doors.open()
    const [db, web] = [await vc.vm('db-01'), await vc.vm('web-01')]
    const hosts = new Map<string, Ref>([['db-01', await vc.get<Ref>(db, 'runtime.host')], ['web-01', await vc.get<Ref>(web, 'runtime.host')]])
    expect(hosts.get('db-01')!.value).not.toBe(hosts.get('web-01')!.value)
    doors.inject('console-hang', 'esx-02')
    expect([await isBlack(doors, db), await isBlack(doors, web)]).toEqual([true, false])
    expect(await vc.get(db, 'guestHeartbeatStatus')).toBe('green')
    doors.lab.world.transact({ kind: 'lab' }, tx => restartConsoleService(tx, 'esx-02'))
    expect(await isBlack(doors, db)).toBe(false)
  }))

  it('hung console service › healed, and by a boot of the host', withDoors(async doors => {
    const vc = await doors.open()
    const db = await vc.vm('db-01')
    doors.inject('console-hang', 'esx-02')()
    expect(await isBlack(doors, db)).toBe(false)
    doors.inject('console-hang', 'esx-02')
    doors.inject('host-crash', 'esx-02')()
    doors.advance(600)
    await vc.done(db, 'PowerOnVM_Task')
    expect(await isBlack(doors, db)).toBe(false)
  }))

  it('less than 4 MB of video memory › one console is black, until it has enough', withDoors(async doors => {
    const vc = await doors.open()
    const vm = await vc.vm('db-01')
    const edit = (videoRamSizeInKB: number) => ({ spec: { deviceChange: [{
      operation: 'edit', device: { _typeName: 'VirtualMachineVideoCard', key: 500, videoRamSizeInKB },
    }] } })
    expect(await vc.failed(vm, 'ReconfigVM_Task', edit(4095))).toMatchObject({ _typeName: 'InvalidPowerState' })
    for (const [ram, black] of [[4095, true], [4096, false]] as const) {
      await vc.done(vm, 'PowerOffVM_Task')
      await vc.done(vm, 'ReconfigVM_Task', edit(ram))
      await vc.done(vm, 'PowerOnVM_Task')
      expect(await isBlack(doors, vm)).toBe(black)
    }
    expect(await isBlack(doors, await vc.vm('web-01'))).toBe(false)
  }))
})

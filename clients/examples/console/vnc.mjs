// A VNC client from Debian's packages at the plain VNC that a VM's settings open, with a password and without.
import { spawnSync } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from './browser.mjs'
import { check, until, vcenter } from './lab.mjs'

const { LAB_VM = 'db-01', LAB_CONTROL } = process.env
const folder = mkdtempSync(join(tmpdir(), 'vnc-'))

/** Changes the VM's settings, and waits until the lab says where its VNC listens. */
async function configure(node, vm, settings) {
  const options = Object.entries(settings).map(([name, value]) => '<extraConfig>'
    + `<key>RemoteDisplay.vnc.${name}</key><value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `
    + `xmlns:xsd="http://www.w3.org/2001/XMLSchema" xsi:type="xsd:string">${value}</value></extraConfig>`)
  await node.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: options.join('') })
}

async function server() {
  const { vnc } = await (await fetch(`${LAB_CONTROL}/v1/consoles`)).json()
  return vnc.find(each => each.name === LAB_VM)?.address
}

/** True if somebody who connects hears a first word; a firewall that drops lets none through. */
function says(address) {
  const [host, port] = address.split(':')
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host)
    const end = heard => {
      clearTimeout(timer)
      socket.destroy()
      resolve(heard)
    }
    const timer = setTimeout(end, 1000, false)
    socket.once('data', () => end(true))
    socket.once('error', reject)
  })
}

/** A picture made by vncsnapshot; undefined when it made none. */
function snapshot(address, ...more) {
  const [host, port] = address.split(':')
  // It counts ports from 5900 on, as displays.
  const display = `${host}:${Number(port) - 5900}`
  const file = join(folder, 'picture.jpg')
  rmSync(file, { force: true })
  const { stderr } = spawnSync('vncsnapshot', ['-quiet', '-quality', '100', ...more, display, file], {
    encoding: 'utf8', timeout: 30000,
  })
  try {
    return { picture: readFileSync(file), stderr }
  } catch {
    return { picture: undefined, stderr }
  }
}

/** Mean difference of two pictures in levels of 255; the one is a JPEG, which keeps no pixel exactly. */
function distance(page, jpeg, png) {
  return page.evaluate(async ([one, other]) => {
    const read = async (base64, type) => {
      const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
      const image = await createImageBitmap(new Blob([bytes], { type }))
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
      canvas.drawImage(image, 0, 0)
      return { size: `${image.width}x${image.height}`, data: canvas.getImageData(0, 0, image.width, image.height).data }
    }
    const [a, b] = [await read(one, 'image/jpeg'), await read(other, 'image/png')]
    if (a.size !== b.size) return `${a.size} instead of ${b.size}`
    let sum = 0
    for (let at = 0; at < a.data.length; at += 1) sum += Math.abs(a.data[at] - b.data[at])
    return sum / a.data.length
  }, [jpeg.toString('base64'), png.toString('base64')])
}

const node = await vcenter()
const vm = await node.vm(LAB_VM)
const browser = await launch()
try {
  const page = await browser.newPage()
  await configure(node, vm, { enabled: 'TRUE', port: '5931', password: '' })
  await until(async () => await server() !== undefined, 'the VM\'s settings open a VNC server')
  const before = await server()
  check(!await says(before), 'no open ruleset of the host covers its port: whoever connects hears nothing')
  await node.ruleset(vm, 'EnableRuleset', 'gdbserver')
  check(await says(before), 'with the ruleset gdbserver, which covers it, the server speaks')
  for (const encoding of ['raw', 'hextile']) {
    const { picture, stderr } = snapshot(before, '-encodings', encoding)
    check(picture !== undefined, `vncsnapshot makes a picture by ${encoding}${picture === undefined ? `: ${stderr}` : ''}`)
    const far = await distance(page, picture, await node.screen(vm))
    const shown = typeof far === 'number' ? far.toFixed(4) : far
    check(far < 1, `it is the guest's, but for what JPEG loses: ${shown} of 255 levels in the mean`)
  }
  await configure(node, vm, { password: 'sesame' })
  writeFileSync(join(folder, 'right'), obscured('sesame'))
  writeFileSync(join(folder, 'wrong'), obscured('Sesame'))
  const made = async (...more) => snapshot(await server() ?? before, ...more).picture !== undefined
  await until(async () => !await made(), 'with a password set vncsnapshot makes none without it')
  check(await made('-passwd', join(folder, 'right')), 'with the right one it does')
  check(!await made('-passwd', join(folder, 'wrong')), 'with a wrong one it does not')
  await configure(node, vm, { enabled: 'FALSE' })
  await until(async () => await server() === undefined, 'switched off, the server is gone')
  await node.ruleset(vm, 'DisableRuleset', 'gdbserver')
} finally {
  await browser.close()
  rmSync(folder, { recursive: true })
}

/** A password as VNC's password files hold it: in DES with a key that all programs know, its bits turned round. */
function obscured(password) {
  const key = Buffer.from([23, 82, 107, 6, 35, 78, 88, 7].map(byte =>
    parseInt([...byte.toString(2).padStart(8, '0')].reverse().join(''), 2)))
  const text = Buffer.alloc(8)
  text.write(password, 'latin1')
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(text), cipher.final()])
}

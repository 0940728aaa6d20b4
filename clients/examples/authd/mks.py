"""A console by 902, as clients of vmware-authd open it: the greeting in plain text, TLS, a ticket, a second TLS
handshake on the same connection, and RFB from ServerInit on. Two hosts at once, TLS 1.2 and 1.3.

LAB_NODES holds the nodes as `fauxsphere up --json` names them."""
import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import threading

from soap import Fault, Session

BANNER = (b'220 VMware Authentication Daemon Version 1.10: SSL Required, ServerDaemonProtocol:SOAP, '
          b'MKSDisplayProtocol:VNC , VMXARGS supported, NFCSSL supported/t\r\n')


def plain(thumbprint):
    return thumbprint.replace(':', '').lower()


def sha1(layer):
    return hashlib.sha1(layer.getpeercert(binary_form=True)).hexdigest()


class Refused(Exception):
    """The daemon's answer to a command was not what was hoped for."""


class Console:
    """One connection to authd. `open` leaves it at the first byte of ServerInit."""

    def __init__(self, host, port, version):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.context.minimum_version = self.context.maximum_version = version
        self.bare = socket.create_connection((host, port), timeout=30)
        self.banner = self.bare.recv(1024)
        self.layer = self.context.wrap_socket(self.bare)

    def ask(self, line, wanted):
        # One read for each answer: it must come whole, and alone.
        self.layer.sendall(line.encode() + b'\r\n')
        answer = self.layer.recv(1024).decode()
        code, rest = answer.split(maxsplit=1)
        if code != wanted:
            raise Refused(answer.strip())
        assert answer.endswith('\r\n') and answer.count('\n') == 1, answer
        return rest.strip()

    def open(self, ticket):
        assert sha1(self.layer) == plain(ticket['sslThumbprint'])
        nonce = base64.b64encode(os.urandom(12)).decode()
        self.ask(f'USER {ticket["ticket"]}', '331')
        self.ask(f'PASS {ticket["ticket"]}', '230')
        second = self.ask(f'THUMBPRINT {nonce}', '200')
        self.ask(f'CONNECT {ticket["cfgFile"]} mks', '200')
        # The first layer is dropped without a word: the descriptor is taken out of it.
        bare = socket.socket(fileno=self.layer.detach())
        bare.settimeout(30)
        self.layer = self.context.wrap_socket(bare)
        assert sha1(self.layer) == plain(second)
        self.layer.sendall(nonce.encode())

    def read(self, count):
        data = b''
        while len(data) < count:
            part = self.layer.recv(count - len(data))
            assert part, f'the door hung up after {len(data)} of {count} bytes'
            data += part
        return data

    def picture(self):
        """ServerInit, then one whole frame in Raw: name, size and pixels."""
        width, height = struct.unpack('>HH', self.read(4))
        bits, depth, big, colour = struct.unpack('>BBBB', self.read(16)[:4])
        assert (bits, depth, big, colour) == (32, 24, 0, 1), (bits, depth, big, colour)
        name = self.read(struct.unpack('>I', self.read(4))[0]).decode()
        self.layer.sendall(struct.pack('>BxHi', 2, 1, 0))
        self.layer.sendall(struct.pack('>BBHHHH', 3, 0, 0, 0, width, height))
        pixels = bytearray(width * height * 4)
        kind, rectangles = struct.unpack('>BxH', self.read(4))
        assert kind == 0, kind
        for _ in range(rectangles):
            x, y, w, h, encoding = struct.unpack('>HHHHi', self.read(12))
            assert encoding == 0, encoding
            rows = self.read(w * h * 4)
            for row in range(h):
                at = ((y + row) * width + x) * 4
                pixels[at:at + w * 4] = rows[row * w * 4:(row + 1) * w * 4]
        return name, width, height, bytes(pixels)

    def close(self):
        self.layer.close()


def show(node, version, barrier, results):
    session = Session(node['sdk'], node['username'], node['password'])
    vm, name = session.machines()[0]
    ticket = session.ticket(vm)
    host, port = node['authd'].rsplit(':', 1)
    assert ticket['port'] == port, (ticket['port'], port)
    console = Console(host, int(port), version)
    assert console.banner == BANNER, console.banner
    console.open(ticket)
    title, width, height, pixels = console.picture()
    assert title == name, (title, name)
    assert any(pixels), 'the picture is black'
    # Both hosts' consoles are open now.
    barrier.wait(60)
    assert len(session.connections(vm)) == 1
    again = Console(host, int(port), version)
    try:
        again.open(ticket)
        raise AssertionError('the second use of a ticket was not refused')
    except Refused as refused:
        assert str(refused) == '530 Login incorrect.', refused
    again.close()
    console.close()
    results.append(f'{node["name"]} {console.context.minimum_version.name}: {title} {width}x{height}')


def guarded(*arguments):
    try:
        show(*arguments)
    except (AssertionError, OSError, Refused, Fault, threading.BrokenBarrierError) as error:
        arguments[2].abort()
        arguments[3].append(error)


def main():
    hosts = [node for node in json.loads(os.environ['LAB_NODES']) if 'authd' in node][:2]
    assert len(hosts) == 2, 'two hosts are needed'
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        results = []
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=guarded, args=(node, version, barrier, results)) for node in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            if isinstance(result, Exception):
                raise result
            print(result)


if __name__ == '__main__':
    main()

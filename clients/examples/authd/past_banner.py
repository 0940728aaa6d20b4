"""Reads the greeting of an authd and relays the rest of the connection, so that programs that begin with TLS can be
used on it: past_banner.py HOST PORT prints the port to connect to, and serves connections until it is killed."""
import socket
import sys
import threading


def relay(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, host, port):
    with client, socket.create_connection((host, port)) as daemon:
        while not daemon.recv(1) == b'\n':
            pass
        back = threading.Thread(target=relay, args=(daemon, client), daemon=True)
        back.start()
        relay(client, daemon)
        back.join(5)


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    with socket.create_server(('127.0.0.1', 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client, host, port), daemon=True).start()


if __name__ == '__main__':
    main()

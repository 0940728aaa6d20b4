"""The few SOAP calls that a console client needs, with nothing but the standard library."""
import re
import ssl
import urllib.error
import urllib.request
from xml.sax.saxutils import escape

ENVELOPE = ('<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
            '<e:Body>{}</e:Body></e:Envelope>')


class Fault(Exception):
    """A fault of the API; its text names the type of the fault."""


class Session:
    """A login at one node."""

    def __init__(self, url, user, password):
        self.url = url
        self.cookie = None
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
        content = self.call('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance')
        self.content = {name: (kind, key) for name, kind, key in
                        re.findall(r'<(\w+) type="(\w+)"[^>]*>([^<]+)<', content)}
        self.call('Login', *self.content['sessionManager'],
                  f'<userName>{escape(user)}</userName><password>{escape(password)}</password>')

    def call(self, method, kind, key, arguments=''):
        """Calls a method and gives the answer as text."""
        body = ENVELOPE.format(f'<{method} xmlns="urn:vim25"><_this type="{kind}">{key}</_this>{arguments}</{method}>')
        request = urllib.request.Request(self.url, body.encode(), {
            'Content-Type': 'text/xml; charset=utf-8', 'SOAPAction': 'urn:vim25/8.0.2.0',
        })
        if self.cookie is not None:
            request.add_header('Cookie', self.cookie)
        try:
            with self.opener.open(request, timeout=60) as answer:
                cookie = answer.headers.get('Set-Cookie')
                self.cookie = cookie.split(';')[0] if cookie else self.cookie
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            found = re.search(r'xsi:type="(\w+)"', text)
            raise Fault(found.group(1) if found else text) from None

    def machines(self):
        """Ids and names of the VMs that run here."""
        view = self.call('CreateContainerView', *self.content['viewManager'],
                         f'<container type="Folder">{self.content["rootFolder"][1]}</container>'
                         '<type>VirtualMachine</type><recursive>true</recursive>')
        key = re.search(r'<returnval type="ContainerView">([^<]+)<', view).group(1)
        answer = self.call(
            'RetrieveProperties', *self.content['propertyCollector'],
            '<specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet>'
            '<pathSet>runtime.powerState</pathSet></propSet><objectSet>'
            f'<obj type="ContainerView">{key}</obj><skip>true</skip>'
            '<selectSet xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="TraversalSpec">'
            '<type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet></specSet>')
        rows = re.findall(r'<obj type="VirtualMachine">([^<]+)</obj>(.*?)</returnval>', answer, re.S)
        return [(vm, re.search(r'<name>name</name><val[^>]*>([^<]*)<', rest).group(1))
                for vm, rest in rows if '>poweredOn<' in rest]

    def ticket(self, vm, kind='mks'):
        """A ticket as a dictionary: ticket, cfgFile, port, sslThumbprint, host where the server gives one."""
        answer = self.call('AcquireTicket', 'VirtualMachine', vm, f'<ticketType>{kind}</ticketType>')
        return dict(re.findall(r'<(ticket|cfgFile|host|port|sslThumbprint|url)>([^<]*)<', answer))

    def connections(self, vm):
        """Client addresses of the consoles that are open."""
        return re.findall(r'<client>([^<]*)</client>', self.call('QueryConnections', 'VirtualMachine', vm))

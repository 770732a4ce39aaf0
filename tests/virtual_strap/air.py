"""The air between virtual radios: who is in range, how a link ends that nobody closes, and a controller repaired.

Nothing here waits in real time, so it runs on a loop whose clock jumps as well as beside a kernel.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bumble import hci
from bumble.controller import Connection, Controller
from bumble.link import LocalLink

PROCEDURE_S = 0.05
"""A link-layer procedure takes some connection intervals; bumble answers at once, and then BlueZ 5.66 sees a socket
before the connection it belongs to ("is already connected") and cancels the discovery of services."""


@dataclass(frozen=True, slots=True)
class _Unacknowledged:
    """What one radio sent to another and the other has not got."""

    ends: tuple[Controller, Controller]
    deliver: Callable[[], None]


class Air(LocalLink):
    """``leave`` and ``come_back`` move a radio out of range and in again; what is sent meanwhile is as with real radios.

    Advertisements are lost. Data on a link is repeated until it is acknowledged: it arrives in a burst if the radio is
    back within ``supervision_timeout_s``. After that both ends of each of its links get 0x08, connection timeout, and
    what was not acknowledged is lost.
    """

    def __init__(self, supervision_timeout_s: float = 0.5) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # bumble has no types there
        self.supervision_timeout_s = supervision_timeout_s
        self._away: dict[Controller, asyncio.TimerHandle] = {}
        self._unacknowledged: deque[_Unacknowledged] = deque()

    def is_in_range(self, radio: Controller) -> bool:
        return radio not in self._away

    def leave(self, radio: Controller) -> None:
        """Out of range from now on. Idempotent."""
        if radio not in self._away:
            expire = asyncio.get_running_loop().call_later(self.supervision_timeout_s, self._expire, radio)
            self._away[radio] = expire

    def come_back(self, radio: Controller) -> None:
        """In range again; idempotent."""
        expire = self._away.pop(radio, None)
        if expire is not None:
            expire.cancel()
        waiting, self._unacknowledged = self._unacknowledged, deque()
        for each in waiting:
            self._carry(each)

    def send_acl_data(
        self, sender_controller: Controller, destination_address: hci.Address, transport: Any, data: bytes
    ) -> None:
        receiver = self.find_le_controller(destination_address)
        if receiver is not None:
            send = super().send_acl_data
            deliver = lambda: send(sender_controller, destination_address, transport, data)  # noqa: E731 a closure of super
            self._carry(_Unacknowledged((sender_controller, receiver), deliver))

    def send_advertising_pdu(self, sender_controller: Controller, packet: Any) -> None:
        if self.is_in_range(sender_controller):
            for receiver in self.controllers - self._away.keys() - {sender_controller}:
                asyncio.get_running_loop().call_soon(receiver.on_ll_advertising_pdu, packet)

    def send_ll_control_pdu(self, sender_address: hci.Address, receiver_address: hci.Address, packet: Any) -> None:
        """To or from an address that nobody has, nothing: bumble raises there."""
        sender, receiver = self.find_le_controller(sender_address), self.find_le_controller(receiver_address)
        if sender is not None and receiver is not None:
            send = super().send_ll_control_pdu
            deliver = lambda: send(sender_address, receiver_address, packet)  # noqa: E731 a closure of super
            self._carry(_Unacknowledged((sender, receiver), deliver))

    def _carry(self, sent: _Unacknowledged) -> None:
        if all(map(self.is_in_range, sent.ends)):
            sent.deliver()
        else:
            self._unacknowledged.append(sent)

    def _expire(self, radio: Controller) -> None:
        self._unacknowledged = deque(each for each in self._unacknowledged if radio not in each.ends)
        for end, connection in self._ends(radio):
            end.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def _ends(self, radio: Controller) -> list[tuple[Controller, Connection]]:
        """Both ends of each link of a radio, or the one end that is left."""
        return [
            (end, connection)
            for end in self.controllers
            for peer, connection in end.le_connections.items()
            if end is radio or self.find_le_controller(peer) is radio
        ]


class Radio(Controller):
    """bumble's controller, with procedures that take time and connection attempts that can be cancelled."""

    link: Air

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        if isinstance(packet, hci.HCI_LE_Read_Remote_Features_Complete_Event):
            asyncio.get_running_loop().call_later(PROCEDURE_S, super().send_hci_packet, packet)
        else:
            super().send_hci_packet(packet)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """End the pending attempt with status 0x02, as Core 5.2, vol 4 E 7.8.13 asks.

        bumble 0.0.236 says success and forgets nothing; a host that cancels then waits for ever.
        """
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is not None:
            asyncio.get_running_loop().call_soon(self.send_hci_packet, _cancelled(pending))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


def _cancelled(pending: Any) -> hci.HCI_LE_Connection_Complete_Event:
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=pending.peer_address.address_type,
        peer_address=pending.peer_address,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )

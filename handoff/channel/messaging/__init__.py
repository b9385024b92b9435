"""What Messenger and Instagram share: one shape of events, one Send API.

* `account`      the page or profile that citizens write to, and what its platform allows
* `shapes`       Meta's events as we need them
* `reading`      what Meta posts becomes events
* `attachments`  which files come with a message, and which kinds we cannot read
* `sending`      an `Outbound` becomes one or more messages
* `uploading`    files that operators send
* `refusals`     what an error code means for a message
* `fetching`     files that citizens sent
* `platform`     the channel made of these
"""

from handoff.channel.messaging.account import Account
from handoff.channel.messaging.platform import MessagingChannel

__all__ = ["Account", "MessagingChannel"]

"""What channels by mail share: reading a mailbox, reading a mail, writing one, sending it.

* `settings`   where the mailbox is
* `watching`   waits for new mail; nothing is marked as read before it is committed
* `mailbox`    the conversation with the IMAP server, in a thread of its own
* `letter`     a mail as we read it: headers, text, attachments
* `letters`    whatever a mail is like, reading it stops nothing
* `charsets`   what bytes mean, whatever their label says
* `plain`      the words of an HTML mail
* `quotes`     what is new in a reply
* `tokens`     ids that we signed and recognise when they come back
* `composing`  an `Outbound` as a mail
* `posting`    SMTP, and what its answers mean
"""

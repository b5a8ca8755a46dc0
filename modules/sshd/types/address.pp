# @summary An IPv4 or IPv6 address, or a host name, on one line.
type Sshd::Address = Pattern[/\A[0-9A-Za-z:.-]{1,253}\z/]

# @summary A user or a pattern of users, in the form of AllowUsers: USER or USER@HOST, with * and ?.
type Sshd::UserPattern = Pattern[/\A[0-9A-Za-z_.*?!-]{1,64}(@[0-9A-Za-z:.*?!\/-]{1,253})?\z/]

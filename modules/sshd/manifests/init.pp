# @summary The OpenSSH server: its package, its configuration and its service.
#
# The module manages the whole of sshd_config. If sshd rejects the new configuration, the old file stays and the run fails.
#
# @param port
#   The TCP port that sshd listens on.
# @param listen_addresses
#   The addresses that sshd listens on. Empty for all.
# @param permit_root_login
#   How root may log in.
# @param password_authentication
#   Whether users may log in with a password.
# @param allow_users
#   The users who may log in, in the form of AllowUsers in sshd_config. Empty for all.
# @param manage_service
#   Whether the service is started and enabled. Use false if there is no service manager, as in a container.
#
# @example Another port, and no passwords
#   class { 'sshd':
#     port                    => 2222,
#     password_authentication => false,
#   }
class sshd (
  Integer[1, 65535] $port = 22,
  Array[Sshd::Address] $listen_addresses = [],
  Enum['yes', 'no', 'prohibit-password', 'forced-commands-only'] $permit_root_login = 'prohibit-password',
  Boolean $password_authentication = true,
  Array[Sshd::UserPattern] $allow_users = [],
  Boolean $manage_service = true,
) {
  case $facts['os']['family'] {
    'Debian': {
      $service = 'ssh'
      $sftp_server = '/usr/lib/openssh/sftp-server'
      $config_mode = '0644'
      $crypto_policy = false
    }
    'RedHat': {
      $service = 'sshd'
      $sftp_server = '/usr/libexec/openssh/sftp-server'
      $config_mode = '0600'
      # Since release 9 the system's cryptographic policy is a file for sshd_config. Before, it was in the environment of the service.
      $crypto_policy = versioncmp($facts['os']['release']['major'], '9') >= 0
    }
    default: {
      fail("The module sshd supports the families Debian and RedHat, not ${facts['os']['family']}")
    }
  }

  package { 'openssh-server':
    ensure => installed,
  }

  # sshd -t needs this directory. systemd creates it when the service starts, which is too late.
  file { '/run/sshd':
    ensure  => directory,
    owner   => 'root',
    group   => 'root',
    mode    => '0755',
    require => Package['openssh-server'],
  }

  # sshd -t needs a host key. On the RedHat family the keys are created when the service starts for the first time.
  exec { 'sshd host keys':
    command => '/usr/bin/ssh-keygen -A',
    unless  => '/bin/sh -c "ls /etc/ssh/ssh_host_*_key"',
    require => Package['openssh-server'],
  }

  file { '/etc/ssh/sshd_config':
    ensure       => file,
    owner        => 'root',
    group        => 'root',
    mode         => $config_mode,
    content      => epp('sshd/sshd_config.epp', {
        'port'                    => $port,
        'listen_addresses'        => $listen_addresses,
        'permit_root_login'       => $permit_root_login,
        'password_authentication' => $password_authentication,
        'allow_users'             => $allow_users,
        'sftp_server'             => $sftp_server,
        'crypto_policy'           => $crypto_policy,
    }),
    validate_cmd => '/usr/sbin/sshd -t -f %',
    require      => [File['/run/sshd'], Exec['sshd host keys']],
  }

  if $manage_service {
    service { $service:
      ensure    => running,
      enable    => true,
      subscribe => File['/etc/ssh/sshd_config'],
    }

    # On Ubuntu, systemd listens for sshd. A generator derives the ports and addresses of the socket from sshd_config.
    if $facts['os']['family'] == 'Debian' {
      exec { 'sshd socket':
        command     => '/bin/sh -c "systemctl daemon-reload && systemctl restart ssh.socket"',
        onlyif      => '/bin/sh -c "systemctl --quiet is-enabled ssh.socket"',
        refreshonly => true,
        subscribe   => File['/etc/ssh/sshd_config'],
        before      => Service[$service],
      }
    }
  }
}

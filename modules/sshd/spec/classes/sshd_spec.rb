# frozen_string_literal: true

require_relative '../spec_helper'

describe 'sshd' do
  families = {
    'Debian' => { service: 'ssh', sftp: '/usr/lib/openssh/sftp-server', mode: '0644' },
    'RedHat' => { service: 'sshd', sftp: '/usr/libexec/openssh/sftp-server', mode: '0600' }
  }

  families.each do |family, expected|
    context "on the family #{family}" do
      let(:facts) { { 'os' => { 'family' => family, 'release' => { 'major' => '8' } } } }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_package('openssh-server').with_ensure('installed') }

      it 'writes a configuration after sshd has checked it' do
        is_expected.to contain_file('/etc/ssh/sshd_config')
          .with_mode(expected[:mode])
          .with_validate_cmd('/usr/sbin/sshd -t -f %')
          .with_content(/^Port 22$/)
          .with_content(/^PermitRootLogin prohibit-password$/)
          .with_content(/^PasswordAuthentication yes$/)
          .with_content(/^Subsystem sftp #{expected[:sftp]}$/)
          .without_content(/^(ListenAddress|AllowUsers|Include)/)
      end

      it 'keeps the service running, and restarts it when its configuration changes' do
        is_expected.to contain_service(expected[:service]).with(ensure: 'running', enable: true).that_subscribes_to('File[/etc/ssh/sshd_config]')
      end

      context 'with values' do
        let(:params) do
          {
            port: 2222, listen_addresses: ['10.0.0.1', 'fe80::1'], permit_root_login: 'no', password_authentication: false,
            allow_users: ['alice', 'bob@10.0.0.0/8'], manage_service: false
          }
        end

        it 'writes each of them' do
          is_expected.to contain_file('/etc/ssh/sshd_config')
            .with_content(/^Port 2222\nListenAddress 10\.0\.0\.1\nListenAddress fe80::1\nPermitRootLogin no\nPasswordAuthentication no$/)
            .with_content(/^AllowUsers alice bob@10\.0\.0\.0\/8$/)
        end

        it { is_expected.not_to contain_service(expected[:service]) }
      end
    end
  end

  context "with systemd's socket on Debian and Ubuntu" do
    let(:facts) { { 'os' => { 'family' => 'Debian', 'release' => { 'major' => '24.04' } } } }

    it 'restarts an enabled socket when the configuration changes' do
      is_expected.to contain_exec('sshd socket').with_refreshonly(true).with_onlyif(/is-enabled ssh.socket/)
        .that_subscribes_to('File[/etc/ssh/sshd_config]').that_comes_before('Service[ssh]')
    end
  end

  context "with the system's cryptographic policy on Red Hat 10" do
    let(:facts) { { 'os' => { 'family' => 'RedHat', 'release' => { 'major' => '10' } } } }

    it 'includes the policy before its own settings' do
      is_expected.to contain_file('/etc/ssh/sshd_config')
        .with_content(%r{^Include /etc/crypto-policies/back-ends/opensshserver.config\nPort 22$})
    end

    it { is_expected.not_to contain_exec('sshd socket') }
  end

  context 'with invalid values' do
    let(:facts) { { 'os' => { 'family' => 'Debian' } } }

    [
      { port: 0 }, { port: 65_536 }, { port: '22' }, { permit_root_login: 'sometimes' }, { password_authentication: 'no' },
      { listen_addresses: ["10.0.0.1\nPermitRootLogin yes"] }, { listen_addresses: ["10.0.0.1\n"] }, { listen_addresses: [''] },
      { allow_users: ["eve\n"] }, { allow_users: ['eve mallory'] }, { allow_users: 'alice' }, { no_such_parameter: 1 }
    ].each do |wrong|
      context wrong.inspect do
        let(:params) { wrong }

        it { is_expected.to compile.and_raise_error(/parameter|has no parameter/) }
      end
    end
  end

  context 'on another family' do
    let(:facts) { { 'os' => { 'family' => 'Suse' } } }

    it { is_expected.to compile.and_raise_error(/supports the families Debian and RedHat, not Suse/) }
  end
end

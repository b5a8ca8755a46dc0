using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Audrey.Bus.Connections;
using Audrey.Bus.Tests.Support;
using Audrey.Testing;

namespace Audrey.Bus.Tests.Broker;

public sealed class TlsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_connection_over_TLS_is_accepted_and_the_authenticator_knows_it()
    {
        await using var bus = Start();
        var authority = X509Certificate2.CreateFromPem(File.ReadAllText(_authority.Write(_directory.File("ca.pem"))));
        await using var connection = new BusConnection(Options(bus) with { Authorities = [authority] }, TimeProvider.System);
        connection.Start();
        await connection.WaitConnectedAsync(Limit.Token);
        Assert.True(bus.Access.LastSignIn!.IsTls);
        Assert.DoesNotContain("secret", bus.Access.LastSignIn.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused_before_the_secret_is_sent()
    {
        await using var bus = Start();
        await using var connection = new BusConnection(Options(bus), TimeProvider.System);
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Contains("certificate", connection.LastError, StringComparison.Ordinal);
        Assert.Null(bus.Access.LastSignIn);
    }

    [Fact]
    public async Task A_client_without_TLS_is_refused()
    {
        await using var bus = Start();
        await using var connection = bus.Connection("guest");
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Null(bus.Access.LastSignIn);
    }

    private TestBus Start()
    {
        var path = _directory.File("bus");
        _authority.Issue(path, "127.0.0.1");
        var certificate = X509Certificate2.CreateFromPemFile(path + ".pem", path + ".key");
        var tls = new SslServerAuthenticationOptions { ServerCertificate = certificate };
        return new TestBus(change: options => options with { Tls = () => tls });
    }

    private static BusOptions Options(TestBus bus) =>
        bus.OptionsOf("guest") with { Url = new Uri($"amqps://127.0.0.1:{bus.Bus.Endpoint.Port}") };
}

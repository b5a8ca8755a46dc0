using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Proxies;

/// <summary>
/// A proxy program of Debian with TLS in front of a server. It runs with an example of the documentation, whose addresses and files are
/// replaced by those of the test.
/// </summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    public const string Host = "config.example.com";

    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly int _port = FreePorts.Take(1)[0];
    private Process? _process;
    private ProcessGuard? _guard;
    private Task<string> _errors = Task.FromResult("");

    private ProxyProcess()
    {
    }

    /// <summary>Starts Apache, nginx or HAProxy.</summary>
    /// <param name="program">The language of the code block in the documentation: <c>apache</c>, <c>nginx</c> or <c>haproxy</c>.</param>
    /// <param name="example">The configuration, as in docs/behind-a-proxy.md.</param>
    /// <param name="server">The address of the server.</param>
    public static async Task<ProxyProcess> Start(string program, string example, Uri server)
    {
        var proxy = new ProxyProcess();
        try
        {
            await proxy.Run(program, example, server);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns a client that connects to the proxy and trusts its certificate.</summary>
    public HttpClient Connect() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", _port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(_directory.File("ca.pem")) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    { BaseAddress = new Uri($"https://{Host}") };

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            using var stop = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await stop.WaitForExitAsync();
            await _process.WaitForExitAsync().Within("the end of the proxy");
            await _guard!.DisposeAsync();
            _process.Dispose();
        }

        _authority.Dispose();
        _directory.Dispose();
    }

    private async Task Run(string program, string example, Uri server)
    {
        _authority.Write(_directory.File("ca.pem"));
        _authority.Issue(_directory.File(Host), Host);
        var certificate = await File.ReadAllTextAsync(_directory.File($"{Host}.pem"));
        var key = await File.ReadAllTextAsync(_directory.File($"{Host}.key"));
        await File.WriteAllTextAsync(_directory.File($"{Host}.both.pem"), $"{certificate}\n{key}");
        var adapted = example
            .Replace("/etc/ssl/", $"{_directory.Path}/", StringComparison.Ordinal)
            .Replace("*:443", $"127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("listen 443 ", $"listen 127.0.0.1:{_port} ", StringComparison.Ordinal)
            .Replace("127.0.0.1:4567", server.Authority, StringComparison.Ordinal);
        var (command, rest) = program switch
        {
            "apache" => ("apache2", Apache(adapted)),
            "nginx" => ("nginx", Nginx(adapted)),
            "haproxy" => ("haproxy", adapted),
            _ => throw new ArgumentOutOfRangeException(nameof(program)),
        };
        var configuration = _directory.File("proxy.conf");
        await File.WriteAllTextAsync(configuration, rest);
        string[] arguments = program switch
        {
            "apache" => ["-f", configuration, "-DFOREGROUND"],
            "nginx" => ["-c", configuration, "-p", _directory.Path],
            _ => ["-f", configuration, "-db"],
        };
        _process = Process.Start(new ProcessStartInfo($"/usr/sbin/{command}", arguments) { RedirectStandardError = true })!;
        _guard = new ProcessGuard(_process);
        _errors = _process.StandardError.ReadToEndAsync();
        await Listening().Within("the proxy listens");
    }

    private async Task Listening()
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync("127.0.0.1", _port);
                return;
            }
            catch (SocketException) when (!_process!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
            catch (SocketException)
            {
                throw new InvalidOperationException($"The proxy ended: {await _errors}");
            }
        }
    }

    private string Apache(string host) => $"""
        ServerName {Host}
        ServerRoot {_directory.Path}
        DefaultRuntimeDir {_directory.Path}
        PidFile {_directory.File("pid")}
        ErrorLog /dev/stderr
        Listen 127.0.0.1:{_port}
        LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
        LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
        LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
        LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
        LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
        LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
        LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
        {host}
        """;

    private string Nginx(string host) => $$"""
        daemon off;
        pid {{_directory.File("pid")}};
        error_log stderr;
        events { }
        http {
          access_log off;
          client_body_temp_path {{_directory.File("body")}};
          proxy_temp_path {{_directory.File("proxy")}};
          fastcgi_temp_path {{_directory.File("fastcgi")}};
          uwsgi_temp_path {{_directory.File("uwsgi")}};
          scgi_temp_path {{_directory.File("scgi")}};
          {{host}}
        }
        """;
}

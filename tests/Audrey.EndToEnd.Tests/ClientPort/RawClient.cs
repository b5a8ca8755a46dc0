using System.IO.Pipelines;
using System.Net;
using System.Reflection;
using Audrey.Abstractions.Connections;
using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.EndToEnd.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>
/// A client of Orleans that does not use the client library. It can call any grain, and it can change the bytes that it sends.
/// </summary>
internal sealed class RawClient : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(700);

    private readonly IHost _host;

    private RawClient(IHost host) => _host = host;

    public IClusterClient Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects.</summary>
    /// <param name="port">The silo's port for clients.</param>
    /// <param name="credential">What the client proves, or null if it proves nothing.</param>
    /// <param name="forge">Changes the bytes of Orleans that are sent at one time.</param>
    /// <param name="address">The silo's address. Null for this machine.</param>
    /// <param name="tls">The client's certificate. Null for a connection without TLS.</param>
    /// <param name="timeout">The time that a call may take. A silo drops a call that comes later. Null for a short time.</param>
    public static async Task<RawClient> Connect(
        int port, CallerCredential? credential, Func<byte[], byte[]>? forge = null, IPAddress? address = null, CertificateFiles? tls = null,
        TimeSpan? timeout = null)
    {
        var (connected, refusal) = (Task.CompletedTask, (ProofRefusedException?)null);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (tls is not null)
        {
            builder.Services.AddSingleton(services => new SiloTls(
                TlsMode.Require, tls, CertificateAuthority.DefaultSiloName, TimeProvider.System,
                services.GetRequiredService<ILoggerFactory>()));
            builder.Services.AddOptions<ClientConnectionOptions>().Configure<SiloTls>(
                (connections, secured) => secured.Secure(connections));
        }

        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(address ?? IPAddress.Loopback, port));
            client.UseConnectionRetryFilter((_, _) => Task.FromResult(false));
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("audrey", "audrey"));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = timeout ?? Timeout);
            client.Configure<ConnectionOptions>(connection => connection.ConnectionRetryDelay = TimeSpan.FromMilliseconds(1));
            client.Configure<ClientConnectionOptions>(connections =>
            {
                connections.ConfigureConnection(connection => connection.Use(next => context => connected = next(context)));
                if (credential is not null) connections.ProveConnections(() => credential, refused => refusal = refused);
                if (forge is null) return;
                connections.ConfigureConnection(connection => connection.Use(next => context =>
                {
                    context.Transport = new Forged(context.Transport.Input, new ForgingWriter(context.Transport.Output, forge));
                    return next(context);
                }));
            });
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new RawClient(host);
        }
        catch
        {
            // Orleans can report the end of the connection before its reason is read. If there was no connection, there is none.
            await connected.ContinueWith(_ => { }, TaskScheduler.Default).Within("the end of the refused connection");
            host.Dispose();
            if (refusal is not null) throw refusal;
            throw;
        }
    }

    /// <summary>Calls a method of a grain interface with the default value of each argument. The task ends with the answer.</summary>
    public Task Call(Type grainInterface, MethodInfo method, GrainId target)
    {
        var interfaceType = _host.Services.GetRequiredService<GrainInterfaceTypeResolver>().GetGrainInterfaceType(grainInterface);
        var reference = Grains.GetGrain(target, interfaceType);
        if (method.IsGenericMethod)
        {
            method = method.MakeGenericMethod(
                [.. method.GetGenericArguments().Select(one => one.GetGenericParameterConstraints().FirstOrDefault(typeof(int)))]);
        }

        object?[] given =
        [
            .. method.GetParameters().Select(parameter => parameter.ParameterType.IsValueType
                ? Activator.CreateInstance(parameter.ParameterType)
                : parameter.ParameterType == typeof(string) ? "" : null),
        ];
        var returned = method.Invoke(reference, given);
        if (returned?.GetType() is { IsGenericType: true } valueTask && valueTask.GetGenericTypeDefinition() == typeof(ValueTask<>))
            returned = valueTask.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null);
        return returned is ValueTask plain ? plain.AsTask() : returned as Task ?? Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Timeout);
        await _host.StopAsync(limit.Token);
        _host.Dispose();
    }

    private sealed record Forged(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Collects the written bytes until they are flushed. Then passes on the bytes as the test has changed them.</summary>
    private sealed class ForgingWriter(PipeWriter inner, Func<byte[], byte[]> forge) : PipeWriter
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> _written = new();

        public override void Advance(int bytes) => _written.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            var bytes = forge(_written.WrittenSpan.ToArray());
            _written.ResetWrittenCount();
            return inner.WriteAsync(bytes, cancellationToken);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}

using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// The conductor of a cluster whose settings contain none. The cluster makes one credential, which all its servers accept. Each server
/// writes the credential to its data directory when it starts, so that the command on the same machine finds it.
/// </summary>
public sealed partial class MadeConductor : IHostedLifecycleService
{
    private readonly IGrainFactory _grains;
    private readonly GrainCalls _calls;
    private readonly ILogger _log;
    private readonly ConductorCredentialFile? _file;
    private (ConductorKey Key, string Secret)? _known;

    /// <summary>Reads nothing yet.</summary>
    internal MadeConductor(IOptions<ConductorOptions> options, IGrainFactory grains, GrainCalls calls, ILogger<MadeConductor> log)
    {
        (_grains, _calls, _log) = (grains, calls, log);
        if (options.Value.Conductors.Count == 0) _file = new(options.Value.DataDirectory);
        else Location = $"{ConductorOptions.Section} ({options.Value.Conductors.Count} configured)";
    }

    /// <summary>
    /// Gets a description of the place of the credentials: the path of a file or the name of the option. It never contains a secret.
    /// </summary>
    public string Location { get; private set; } = "the cluster (audrey conductor list)";

    /// <summary>Gets the credential. Null before the start, and if conductors are configured.</summary>
    public ConductorCredential? Credential { get; private set; }

    /// <summary>Reads the file before the server joins its cluster, so that a file that cannot be used stops the start early.</summary>
    /// <exception cref="IOException">The file can be neither read nor created. The message describes the remedy.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _known = _file?.Read();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Asks the cluster for its credential and writes it to the file.</summary>
    /// <exception cref="IOException">The file cannot be written. The message describes the remedy.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_file is null) return;
        var credentials = _grains.GetGrain<ICredentialsGrain>(GrainKeys.Credentials);
        if (await _calls.Command(() => credentials.GetMade(_known?.Key, _known?.Secret)) is not { } made) return;
        if (_known != (made.Key, made.Secret)) _file.Write(made.Key, made.Secret);
        (Credential, Location) = (new(made), _file.Path);
        LogFromFile(_log, made.Key, Location);
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "No conductor is configured. The credential of the cluster's conductor {Key} is in {Path}.")]
    private static partial void LogFromFile(ILogger log, ConductorKey key, string path);
}

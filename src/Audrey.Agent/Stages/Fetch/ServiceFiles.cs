using Audrey.Agent.ConfigServer;
using Audrey.Agent.Files;
using Audrey.Agent.Tarballs;

namespace Audrey.Agent.Stages.Fetch;

/// <summary>
/// The executables and files of all services. The files are downloaded when a service first needs them. Then the files of each service that
/// differ from the installed ones are replaced.
/// </summary>
internal sealed class ServiceFiles(RunContext run)
{
    private IReadOnlyDictionary<string, string>? _digests;

    /// <summary>Forgets the download, because the instance was registered again or has other files.</summary>
    public void Reset() => _digests = null;

    /// <summary>
    /// Returns a digest of the service's files. The files are in place when the method returns. The digest is empty if the service has no
    /// files.
    /// </summary>
    public async Task<string> FetchDigestAsync(string service, IConfigServer server, CancellationToken cancellationToken)
    {
        _digests ??= await FetchAsync(server, cancellationToken);
        return _digests.GetValueOrDefault(service, "");
    }

    public string FolderOf(string service) => Path.Combine(run.State.Files, service);

    private async Task<IReadOnlyDictionary<string, string>> FetchAsync(IConfigServer server, CancellationToken cancellationToken)
    {
        if (await server.GetTarballAsync(cancellationToken) is not { } tarball) return new Dictionary<string, string>();
        var fresh = run.State.NewTemporary();
        try
        {
            var digests = new TarUnpacker(run.Options.Tarball).Unpack(tarball, fresh);
            new InstalledFiles(run.State.Files, run.State.InstalledFiles, run.Log).Install(fresh, digests);
            return digests;
        }
        catch (TarballException refusal)
        {
            throw new ServerException($"The tarball was rejected: {refusal.Message}");
        }
        catch (IOException failure)
        {
            throw new ServerException($"The tarball cannot be unpacked on this machine: {failure.Message}", failure);
        }
        finally
        {
            TreeRemoval.Delete(fresh);
        }
    }
}

using Audrey.Agent.PhoneHome;
using Audrey.Agent.State;
using Audrey.Agent.Tarballs;

namespace Audrey.Agent.Running;

/// <summary>The executables and files of this instance's services: fetched when first needed, unpacked, put into place in one step.</summary>
internal sealed class InstanceFiles(StateDirectory state, TarballLimits limits)
{
    private IReadOnlyDictionary<string, string>? _digests;

    /// <summary>Forgets what was fetched, as the instance was registered anew.</summary>
    public void Forget() => _digests = null;

    /// <summary>A digest of the service's files, which are then in place; empty if it has none.</summary>
    public async Task<string> DigestAsync(string service, IConfigServer server, CancellationToken cancellationToken)
    {
        _digests ??= await FetchAsync(server, cancellationToken);
        return _digests.GetValueOrDefault(service, "");
    }

    public string FolderOf(string service) => Path.Combine(state.Files, service);

    private async Task<IReadOnlyDictionary<string, string>> FetchAsync(IConfigServer server, CancellationToken cancellationToken)
    {
        if (await server.GetTarballAsync(cancellationToken) is not { } tarball) return new Dictionary<string, string>();
        var fresh = state.NewTemporary();
        try
        {
            var digests = new TarUnpacker(limits).Unpack(tarball, fresh);
            // A folder cannot be replaced in one step; between the two nothing runs, and a crash there is mended by the next run.
            if (Directory.Exists(state.Files)) Directory.Delete(state.Files, recursive: true);
            Directory.Move(fresh, state.Files);
            return digests;
        }
        catch (TarballException refusal)
        {
            throw new ServerTroubleException($"The tarball is not unpacked: {refusal.Message}");
        }
        catch (IOException failure)
        {
            throw new ServerTroubleException($"The tarball cannot be unpacked here: {failure.Message}", failure);
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }
}

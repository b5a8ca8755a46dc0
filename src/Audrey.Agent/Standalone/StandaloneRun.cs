using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.Commands;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Running;
using Audrey.Agent.State;

namespace Audrey.Agent.Standalone;

/// <summary>
/// Applies a configuration that stands whole in the user data: puppet's classes first, then the services in their order. Every run goes
/// through puppet, which changes only what is not as it should be; a service's executable runs once for each configuration.
/// </summary>
internal sealed class StandaloneRun(StandaloneConfig config, StateDirectory state, ServiceRunner runner, StatusFile status)
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        status.Change(current => current with { Phase = Phase.Applying });
        Unpack();
        var failed = false;
        foreach (var plan in Plans())
        {
            var (record, _) = await runner.RunAsync(plan, null, cancellationToken);
            failed |= record.ExitStatus != 0;
        }

        status.Change(current => current with { Phase = failed ? Phase.Failed : Phase.Complete });
        return failed ? ExitCode.ServiceFailed : ExitCode.Success;
    }

    private IEnumerable<ServicePlan> Plans()
    {
        if (config.Classes.Count > 0)
            yield return new ServicePlan(StandaloneReader.PuppetService, [], config.Classes, Folder(StandaloneReader.PuppetService), ServicePlan.EveryTime);
        foreach (var service in config.Services)
            yield return new ServicePlan(service.Name, service.Parameters, [], Folder(service.Name), Fingerprint(service));
    }

    private void Unpack()
    {
        if (Directory.Exists(state.Files)) Directory.Delete(state.Files, recursive: true);
        Directory.CreateDirectory(state.Files, OwnersFolder);
        foreach (var service in config.Services)
        {
            Directory.CreateDirectory(Folder(service.Name), OwnersFolder);
            var start = Path.Combine(Folder(service.Name), "start");
            StateDirectory.Write(start, Encoding.UTF8.GetBytes(service.Executable));
            File.SetUnixFileMode(start, OwnersFolder);
            foreach (var (name, contents) in service.Files)
                StateDirectory.Write(Path.Combine(Folder(service.Name), name), Encoding.UTF8.GetBytes(contents));
        }
    }

    private string Folder(string service) => Path.Combine(state.Files, service);

    private static string Fingerprint(StandaloneService service)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(Encoding.UTF8.GetBytes(service.Executable));
        foreach (var (name, contents) in service.Files)
        {
            Add(Encoding.UTF8.GetBytes("file " + name));
            Add(Encoding.UTF8.GetBytes(contents));
        }

        foreach (var parameter in service.Parameters)
        {
            Add(Encoding.UTF8.GetBytes("parameter " + parameter.Name));
            Add(parameter.Value);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());

        void Add(byte[] part)
        {
            digest.AppendData(BitConverter.GetBytes(part.LongLength));
            digest.AppendData(part);
        }
    }
}

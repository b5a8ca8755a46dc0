using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Engines.Puppet;
using Audrey.Agent.Files;
using Audrey.Agent.Services;
using Audrey.Agent.Stages;
using Audrey.Agent.Stages.Apply;
using Audrey.Agent.Standalone;
using Audrey.Agent.State;

namespace Audrey.Agent.Running;

/// <summary>
/// Applies a configuration from the user data: first the Puppet classes, then the services in their order. Every run starts Puppet, which
/// changes only the resources that differ from the configuration. The executable of a service runs once for each configuration.
/// </summary>
internal sealed class StandaloneRun(RunContext run, StandaloneConfig config, ApplyStage apply)
{
    public async Task<AgentExitCode> RunAsync(CancellationToken cancellationToken)
    {
        run.Status.Update(current => current with { Phase = RunPhase.Applying });
        WriteFiles();
        var failed = false;
        foreach (var plan in CreatePlans())
        {
            var applied = await apply.RunAsync(plan, null, cancellationToken);
            failed |= applied.ExitStatus != 0;
        }

        run.Status.Update(current => current with { Phase = failed ? RunPhase.Failed : RunPhase.Complete });
        return failed ? AgentExitCode.ServiceFailed : AgentExitCode.Success;
    }

    private IEnumerable<ServicePlan> CreatePlans()
    {
        const string puppet = PuppetSection.Name;
        if (config.Classes.Count > 0) yield return new ServicePlan(puppet, [], config.Classes, FolderOf(puppet), ServicePlan.EveryRun);
        foreach (var service in config.Services)
            yield return new ServicePlan(service.Name, service.Parameters, [], FolderOf(service.Name), Fingerprint(service));
    }

    private void WriteFiles()
    {
        var fresh = run.State.NewTemporary();
        try
        {
            foreach (var service in config.Services)
            {
                var folder = Path.Combine(fresh, service.Name);
                AgentFiles.CreateFolder(folder);
                AgentFiles.WriteExecutable(Path.Combine(folder, "start"), Encoding.UTF8.GetBytes(service.Executable));
                foreach (var (name, contents) in service.Files)
                    AgentFiles.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(contents));
            }

            var digests = config.Services.ToDictionary(service => service.Name, DigestFiles);
            new InstalledFiles(run.State.Files, run.State.InstalledFiles, run.Log).Install(fresh, digests);
        }
        catch (IOException failure)
        {
            throw new AgentException(
                AgentExitCode.State, $"The files of the services cannot be written on this machine: {failure.Message}", failure);
        }
        finally
        {
            TreeRemoval.Delete(fresh);
        }
    }

    private string FolderOf(string service) => Path.Combine(run.State.Files, service);

    private static string DigestFiles(StandaloneService service) => Fingerprint(service with { Parameters = [] });

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

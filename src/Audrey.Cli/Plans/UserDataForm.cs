using Audrey.Cli.Exit;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;

namespace Audrey.Cli.Plans;

/// <summary>The forms of user data.</summary>
internal enum UserDataForm
{
    /// <summary><c>1|endpoint|key|secret</c>, plain and in base64.</summary>
    Text,

    /// <summary>A <c>#cloud-config</c>.</summary>
    CloudConfig,

    /// <summary>A NoCloud seed directory.</summary>
    NoCloud,

    /// <summary>YAML for a guest without a server.</summary>
    Standalone,
}

/// <summary>The files of an instance's user data.</summary>
internal static class UserDataOutput
{
    /// <summary>The names of the files of all forms.</summary>
    public static readonly string[] FileNames = ["user-data", "user-data.base64", "meta-data"];

    /// <summary>Returns the form with this name. Null if there is no such form.</summary>
    public static UserDataForm? FormOf(string name) => name switch
    {
        "user-data" => UserDataForm.Text,
        "cloud-config" => UserDataForm.CloudConfig,
        "nocloud" => UserDataForm.NoCloud,
        "standalone" => UserDataForm.Standalone,
        _ => null,
    };

    /// <summary>Returns the files of every instance.</summary>
    /// <exception cref="CommandFailure">Instances cannot have this form. The message names each reason.</exception>
    public static IReadOnlyList<(PlannedInstance Instance, IReadOnlyList<(string Name, string Contents)> Files)> Of(
        LaunchPlan plan, UserDataForm form)
    {
        if (form != UserDataForm.Standalone && plan.Endpoint is null)
            throw new CommandFailure(
                ExitCode.Usage,
                "User data contains the address of the config server: give --endpoint http://HOST:PORT (or AUDREY_ENDPOINT).");
        CheckSetup(plan.Setup, form);
        var problems = new List<PlanFinding>();
        var all = plan.Instances.Select(instance => (instance, Of(plan, instance, form, problems))).ToList();
        return problems.Count == 0 ? all : throw new CommandFailure(ExitCode.Failed, [.. problems.Select(problem => problem.ToString())]);
    }

    /// <summary>Returns whether a form of user data has a place for a machine setup.</summary>
    public static bool HasSetup(UserDataForm form) => form is UserDataForm.CloudConfig or UserDataForm.NoCloud;

    /// <summary>
    /// Checks that the user data can have a setup. Certificate authorities are left out where there is no place for them.
    /// </summary>
    /// <exception cref="CommandFailure">Only a cloud-config can have the setup.</exception>
    public static void CheckSetup(MachineSetup setup, UserDataForm form)
    {
        if (HasSetup(form) || (setup with { CaCertificates = null }) == new MachineSetup()) return;
        throw new CommandFailure(
            ExitCode.Usage,
            "Only a cloud-config can have your own user data, repositories and packages: give --user-data cloud-config or nocloud.");
    }

    private static IReadOnlyList<(string Name, string Contents)> Of(
        LaunchPlan plan, PlannedInstance instance, UserDataForm form, List<PlanFinding> problems)
    {
        switch (form)
        {
            case UserDataForm.Text:
                return [
                    ("user-data", UserDataLine.Format(plan, instance) + "\n"),
                    ("user-data.base64", UserDataLine.FormatBase64(plan, instance) + "\n")];
            case UserDataForm.CloudConfig or UserDataForm.NoCloud:
                if (CloudConfig.Check(plan, instance) is { } problem) problems.Add(problem);
                var cloudConfig = CloudConfig.Format(plan, instance);
                return form == UserDataForm.NoCloud ? NoCloudSeed.Create(instance, cloudConfig) : [("user-data", cloudConfig)];
            default:
                var (text, why) = StandaloneYaml.Create(instance);
                problems.AddRange(why);
                return text is null ? [] : [("user-data", text)];
        }
    }
}

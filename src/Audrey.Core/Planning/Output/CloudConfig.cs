using System.Globalization;
using System.Text;

namespace Audrey.Core.Planning.Output;

/// <summary>
/// User data for images with cloud-init, the guest program or both. cloud-init stores the guest's files, installs packages and starts the
/// guest program. Without cloud-init, the guest program reads its files from the cloud-config itself.
/// </summary>
public static class CloudConfig
{
    /// <summary>The path at which the guest program looks for user data that cloud-init stored.</summary>
    public const string UserDataPath = "/etc/audrey-instance-config/user-data";

    /// <summary>The path at which the guest program looks for the certificate authorities of the config server.</summary>
    public const string CaPath = "/etc/audrey-instance-config/ca.pem";

    /// <summary>The systemd unit that runs the guest program.</summary>
    public const string Unit = "audrey-instance-config.service";

    /// <summary>The package of the guest program.</summary>
    public const string Package = "audrey-instance-config";

    /// <summary>Maximum size of the user data. This is the limit of EC2, which is the smallest limit of all clouds.</summary>
    public const int MaxBytes = 16 * 1024;

    private const string RpmKeyPath = "/etc/pki/rpm-gpg/RPM-GPG-KEY-audrey";

    /// <summary>Returns the user data of an instance. It contains the instance's secret.</summary>
    /// <exception cref="ArgumentException">The plan has no endpoint.</exception>
    public static string Format(LaunchPlan plan, PlannedInstance instance)
    {
        var userData = UserDataLine.Format(plan, instance);
        return plan.Setup.UserDataBase is { } other
            ? UserDataParts.Join(other, Write(userData, plan.Setup, instance, merges: true))
            : Write(userData, plan.Setup, instance, merges: false);
    }

    /// <summary>Returns why clouds do not accept the user data of an instance. Null if they accept it.</summary>
    /// <exception cref="ArgumentException">The plan has no endpoint.</exception>
    public static PlanFinding? Check(LaunchPlan plan, PlannedInstance instance)
    {
        var bytes = Encoding.UTF8.GetByteCount(Format(plan, instance));
        return bytes <= MaxBytes ? null : new PlanFinding(
            instance.Label,
            string.Create(CultureInfo.InvariantCulture, $"its user data has {bytes} bytes; at most {MaxBytes} are allowed: ")
                + "make the user data base, the certificate authorities or the key of the repository shorter");
    }

    private static string Write(string userData, MachineSetup setup, PlannedInstance instance, bool merges) =>
        "#cloud-config\n" + YamlText.Write(yaml => yaml.Map(() =>
        {
            yaml.Key("write_files").List(() =>
            {
                StoredFile(yaml, UserDataPath, "0600", userData);
                if (setup.CaCertificates is { } authorities) StoredFile(yaml, CaPath, "0644", authorities);
                if (setup is { YumRepository: not null, RepositoryKey: { } key }) StoredFile(yaml, RpmKeyPath, "0644", key);
            });
            Repositories(yaml, setup);
            if (setup.Installs)
            {
                yaml.Key("package_update").Truth(true);
                yaml.Key("packages").List(() =>
                {
                    foreach (var package in instance.Packages.Prepend(Package).Distinct()) yaml.Text(package);
                });
            }

            // The unit waits for cloud-init, so without --no-block cloud-init would wait for itself.
            yaml.Key("runcmd").List(() => yaml.List(() => yaml.Text("systemctl").Text("start").Text("--no-block").Text(Unit)));
            if (merges) Merging(yaml);
        }));

    /// <summary>Writes a file that root owns. Base64 keeps any content intact.</summary>
    private static void StoredFile(YamlText yaml, string path, string permissions, string content) => yaml.Map(() =>
    {
        yaml.Key("path").Text(path);
        yaml.Key("owner").Text("root:root");
        yaml.Key("permissions").Text(permissions);
        yaml.Key("encoding").Text("b64");
        yaml.Key("content").Text(Convert.ToBase64String(Encoding.UTF8.GetBytes(content)));
    });

    /// <summary>Writes both repositories. cloud-init uses the one of the image's package manager.</summary>
    private static void Repositories(YamlText yaml, MachineSetup setup)
    {
        if (setup.AptRepository is { } line)
        {
            // cloud-init replaces $KEY_FILE with the file that it writes the key to.
            var signed = setup.RepositoryKey is null || line.StartsWith("deb [", StringComparison.Ordinal)
                ? line
                : "deb [signed-by=$KEY_FILE]" + line["deb".Length..];
            yaml.Key("apt").Map(() => yaml.Key("sources").Map(() => yaml.Key("audrey").Map(() =>
            {
                yaml.Key("source").Text(signed);
                if (setup.RepositoryKey is { } key) yaml.Key("key").Text(key);
            })));
        }

        if (setup.YumRepository is not { } url) return;
        yaml.Key("yum_repos").Map(() => yaml.Key("audrey").Map(() =>
        {
            yaml.Key("name").Text("Audrey");
            yaml.Key("baseurl").Text(url);
            yaml.Key("enabled").Truth(true);
            yaml.Key("gpgcheck").Truth(true);
            yaml.Key("gpgkey").Text("file://" + RpmKeyPath);
        }));
    }

    /// <summary>Tells cloud-init to append the lists of this part to those of the user, and to keep the user's other values.</summary>
    private static void Merging(YamlText yaml) => yaml.Key("merge_how").List(() =>
    {
        yaml.Map(() => yaml.Key("name").Text("list").Key("settings").List(() => yaml.Text("append")));
        yaml.Map(() => yaml.Key("name").Text("dict").Key("settings").List(() => yaml.Text("no_replace").Text("recurse_list")));
    });
}

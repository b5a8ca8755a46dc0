using System.Text;

namespace Audrey.Core.Planning.Output;

/// <summary>User data for images with cloud-init and the guest program: leaves the program its user data and starts it.</summary>
public static class CloudConfig
{
    /// <summary>Where the guest program looks for user data that cloud-init left there.</summary>
    public const string UserDataPath = "/etc/audrey-instance-config/user-data";

    /// <summary>The unit that runs the guest program.</summary>
    public const string Unit = "audrey-instance-config.service";

    /// <summary>A <c>#cloud-config</c> that writes <paramref name="userData"/> readable by root only and starts the guest program.</summary>
    public static string Format(string userData)
    {
        ArgumentNullException.ThrowIfNull(userData);
        // In base64 whatever the user data holds, and --no-block as a unit that waits for cloud-init would wait for itself.
        return "#cloud-config\n" + YamlText.Write(yaml => yaml.Map(() =>
        {
            yaml.Key("write_files").List(() => yaml.Map(() =>
            {
                yaml.Key("path").Text(UserDataPath);
                yaml.Key("owner").Text("root:root");
                yaml.Key("permissions").Text("0600");
                yaml.Key("encoding").Text("b64");
                yaml.Key("content").Text(Convert.ToBase64String(Encoding.UTF8.GetBytes(userData)));
            }));
            yaml.Key("runcmd").List(() => yaml.List(() => yaml.Text("systemctl").Text("start").Text("--no-block").Text(Unit)));
        }));
    }
}

using System.Text;

namespace Audrey.Core.Planning.Output;

/// <summary>
/// User data for images that have cloud-init and the guest program. The cloud-config stores the guest's user data and starts the guest
/// program.
/// </summary>
public static class CloudConfig
{
    /// <summary>The path at which the guest program looks for user data that cloud-init stored.</summary>
    public const string UserDataPath = "/etc/audrey-instance-config/user-data";

    /// <summary>The systemd unit that runs the guest program.</summary>
    public const string Unit = "audrey-instance-config.service";

    /// <summary>
    /// Returns a <c>#cloud-config</c> that writes <paramref name="userData"/> to a file and starts the guest program. Only root can read
    /// the file.
    /// </summary>
    public static string Format(string userData)
    {
        ArgumentNullException.ThrowIfNull(userData);
        // Base64 keeps any content intact. The unit waits for cloud-init, so without --no-block cloud-init would wait for itself.
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

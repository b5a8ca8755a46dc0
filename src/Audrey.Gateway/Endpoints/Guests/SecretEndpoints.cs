namespace Audrey.Gateway.Endpoints.Guests;

/// <summary>Gives a guest its current secret.</summary>
internal sealed class SecretEndpoints : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGuests()
        .MapGet(Version3Routes.GuestSecret, Get)
        .Describe("secret", "The current secret of the instance, after its conductor has rotated the secret");

    private static async Task<Answer<CurrentSecret>> Get(GuestRequest guest)
    {
        var secret = await guest.Call(0, static (grain, contact, _) => grain.GetSecret(contact));
        return new CurrentSecret { Id = guest.Uuid, Secret = secret.Secret!, PreviousUntil = secret.PreviousUntil?.ToUniversalTime() };
    }
}
